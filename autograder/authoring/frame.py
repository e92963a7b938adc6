"""What `course build` puts around a lesson: links to where it opens, and a last cell that says how far one is."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.authoring.source import FOLDED, Source
from autograder.course import Course, Lesson
from autograder.links import badges

CLOSING = '''\
# @title How far you are: run this cell
def how_far_you_are():
    """Each exercise of this lesson by its last check. What ran before the set-up cell did is not counted."""
    exercises = {{
{rows}
    }}
    signs = {{name: globals().get("RESULTS", {{}}).get(name, "·") for name in exercises}}
    words = {{"✗": "not right yet", "○": "not attempted", "·": "not checked yet"}}
    done = [name for name in exercises if signs[name] == "✓"]
    points = sum(exercises[name][1] for name in done)
    print(f"{{len(done)}} of {{len(exercises)}} exercises done. Visible checks: {{points:g}} of {visible:g} points.")
    for name, (title, _) in exercises.items():
        if name not in done:
            print(f"  {{signs[name]}} {{title}}: {{words[signs[name]]}}")
    if len(done) == len(exercises):
        print("Save, and hand it in. The hidden tests, worth {hidden:g} points more, run when it is marked.")

how_far_you_are()'''


def framed(notebook: NotebookNode, source: Source, course: Course, lesson: Lesson) -> NotebookNode:
    """The solution notebook of a lesson with its frame; the cells that it has keep their ids."""
    opening = notebook.cells[0]
    title, _, rest = opening.source.partition("\n")
    path = course.notebook(lesson).relative_to(course.root).as_posix()
    opening.source = f"{title}\n\n{badges(course, path)}\n{rest}"
    closing = new_code_cell(closing_cell(source), metadata=dict(FOLDED), id="how-far-you-are")
    notebook.cells.append(closing)
    return notebook


def closing_cell(source: Source) -> str:
    """The text of the last cell of a lesson with exercises."""
    visible = {each.id: sum(test.points for test in each.tests if test.kind != "hidden") for each in source.exercises}
    rows = [f'        "{each.id}": ({each.title!r}, {visible[each.id]:g}),' for each in source.exercises]
    hidden = sum(each.points for each in source.exercises) - sum(visible.values())
    return CLOSING.format(rows="\n".join(rows), visible=sum(visible.values()), hidden=hidden)
