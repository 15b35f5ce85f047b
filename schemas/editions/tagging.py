"""What WeasyPrint's tags need before a document keeps PDF/UA-1: its page furniture has to be marked as such.

Seen in version 70: the foot of a page is tagged as if it were content, under elements that no reader reaches.
"""

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, Pdf

_FURNITURE = Dictionary(Type=Name.Pagination)
_Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage
_TAGS_TO_MARKED_CONTENT = 2


def mark_page_furniture(pdf: Pdf) -> None:
    """Make artifacts of what is on the pages and not in the tree of tags."""
    tree = pdf.Root.StructTreeRoot
    reached: set[tuple[int, int]] = set()
    _reach(tree.K, reached)
    lists = _lists_by_page(tree.ParentTree.Nums)
    for page in pdf.pages:
        elements = lists[int(page.obj.StructParents)]
        stray = {place for place, one in enumerate(elements) if one.objgen not in reached}
        if not stray:
            continue
        content = [_marked_anew(one, stray) for one in pikepdf.parse_content_stream(page)]
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(content))
        for place in stray:
            elements[place] = None


def _reach(element: pikepdf.Object, reached: set[tuple[int, int]]) -> None:
    if isinstance(element, Array):
        for one in element:
            _reach(one, reached)
    elif isinstance(element, Dictionary) and "/S" in element:
        reached.add(element.objgen)
        if "/K" in element:
            _reach(element.K, reached)


def _lists_by_page(numbers: pikepdf.Object) -> dict[int, Array]:
    """Key in the parent tree -> the elements of a page, where it is a page's."""
    keys, values = list(numbers.as_list())[::2], list(numbers.as_list())[1::2]
    return {int(key): value for key, value in zip(keys, values, strict=True) if isinstance(value, Array)}


def _marked_anew(instruction: _Instruction, stray: set[int]) -> _Instruction:
    operands = instruction.operands
    if instruction.operator != Operator("BDC") or len(operands) != _TAGS_TO_MARKED_CONTENT:
        return instruction
    properties = operands[1]
    if not isinstance(properties, Dictionary) or int(properties.get("/MCID", -1)) not in stray:
        return instruction
    return pikepdf.ContentStreamInstruction([Name.Artifact, _FURNITURE], Operator("BDC"))
