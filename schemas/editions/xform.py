"""The XForm: the XLSForm edition as the XML that ODK Collect and Enketo load, made by pyxform."""

from schemas.definition import Definition
from schemas.editions.errors import EditionError
from schemas.editions.xlsform import ROOT, XlsForm, xlsform_of


def build_xform(definition: Definition) -> bytes:
    """The form; the same definition gives the same bytes.

    Raises:
        EditionError: pyxform finds a fault in the form.
    """
    return convert_xlsform(xlsform_of(definition), definition.id)


def convert_xlsform(form: XlsForm, consultation: str) -> bytes:
    # Takes 46 MB: a process that serves no form of this kind does not carry it.
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    sheets = {name: [dict(row) for row in rows] for name, rows in form.sheets().items()}
    headers = {f"{name}_header": [dict.fromkeys(c for row in rows for c in row)] for name, rows in sheets.items()}
    try:
        converted = convert(sheets | headers, form_name=ROOT)
    except PyXFormError as error:
        raise EditionError(f"The form of '{consultation}' cannot be made: {error}") from error
    return str(converted.xform).encode()
