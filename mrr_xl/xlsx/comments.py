"""The comments on a sheet's cells; threaded ones have a plain one, too."""

from __future__ import annotations

from mrr_xl.xlsx.package import MAIN, Package, targets
from mrr_xl.xlsx.places import corners


def commented_cells(package: Package, part: str) -> dict[tuple[int, int], str]:
    """The address of each cell of a sheet that has a comment, by row and column."""
    found = {}
    for comments in targets(package, part, "/comments").values():
        for comment in package.root(comments).iter(f"{MAIN}comment") if comments in package.parts else ():
            if place := corners(comment.get("ref")):
                found[place[1], place[0]] = comment.get("ref")
    return found
