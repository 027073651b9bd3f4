"""Every format gives its text by page, and what it says of itself. (Read here, without a child.)"""

import io
import struct

import pytest

from home.demo import papers
from library.extraction.child import formats
from library.extraction.child.text import clean
from library.extraction.child.trouble import Broken, Doctype, Encrypted, TooBig
from tests.core.samples import MP3, animation, picture
from tests.library.extraction import samples
from tests.library.extraction.samples import BREAKING, EVERY_FORMAT, PHRASE, paragraph, run, word

pytestmark = pytest.mark.sqlite


def opened(content, content_type):
    return formats.opened(io.BytesIO(content), content_type)


def texts(content, content_type):
    return [clean(text) for text in opened(content, content_type).texts()]


@pytest.mark.parametrize("ending", EVERY_FORMAT)
def test_the_phrase_is_on_the_second_page(ending):
    content_type, content = EVERY_FORMAT[ending]
    pages = texts(content, content_type)
    assert len(pages) == 2
    assert PHRASE in pages[1]
    assert samples.FIRST.split()[0] in pages[0] and PHRASE not in pages[0]


@pytest.mark.parametrize("ending", ["pdf", "docx", "pptx", "odt", "ods", "odp", "rtf"])
def test_a_file_says_its_title_and_its_author(ending):
    content_type, content = EVERY_FORMAT[ending]
    reader = opened(content, content_type)
    list(reader.texts())
    facts = reader.facts()
    assert (facts["title"], facts["authors"]) == ("Guide du nordet", "Équipe des vents")
    assert facts.get("year", "2024") == "2024"


@pytest.mark.parametrize("ending", ["pdf", "docx", "pptx", "odt", "odp"])
def test_the_first_page_shows_its_heading(ending):
    content_type, content = EVERY_FORMAT[ending]
    reader = opened(content, content_type)
    list(reader.texts())
    assert reader.facts()["heading"] == "Guide du nordet"


# -------------------------------------------------------------------------------------- PDF


def test_words_cut_at_the_end_of_a_pdf_line_are_whole():
    drawn = samples.line("une inter-") + samples.line("vention douce", 680)
    assert texts(samples.drawn_pdf(drawn), samples.PDF) == ["une intervention douce"]


def test_a_page_in_letters_of_one_size_has_no_heading():
    drawn = samples.line("Une première ligne") + samples.line("puis une autre", 680)
    reader = opened(samples.drawn_pdf(drawn), samples.PDF)
    list(reader.texts())
    assert reader.facts()["heading"] == ""


def test_a_pdf_under_a_password_says_so():
    with pytest.raises(Encrypted):
        opened(samples.locked_pdf(), samples.PDF)


def test_a_damaged_page_takes_nothing_from_the_others():
    content = samples.drawn_pdf(
        samples.line("avant"), samples.line("abimee"), samples.line("apres")
    )
    # The second page is no page any more.
    torn = content.replace(b"6 0 obj\n<< /Type /Page ", b"6 0 obj\n[<</Type /Page ")
    reader = opened(torn, samples.PDF)
    assert [clean(text) for text in reader.texts()] == ["avant", "", "apres"]
    assert reader.damaged == 1


# ------------------------------------------------------------------------------------- Word


def test_word_repeats_its_page_breaks_and_they_count_once():
    body = (
        paragraph(run("Un"), '<w:r><w:br w:type="page"/></w:r>')
        + paragraph("<w:r><w:lastRenderedPageBreak/><w:t>Deux</w:t></w:r>")
        + paragraph("<w:r><w:t>suite</w:t><w:lastRenderedPageBreak/><w:t>Trois</w:t></w:r>")
        + "<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>Quatre</w:t></w:r></w:p>"
        + '<w:p><w:pPr><w:pageBreakBefore w:val="0"/></w:pPr><w:r><w:t>fin</w:t></w:r></w:p>'
    )
    assert texts(word(body), samples.DOCX) == ["Un", "Deux\nsuite", "Trois", "Quatre\nfin"]


def test_what_was_deleted_or_moved_away_from_a_word_file_is_not_read():
    body = paragraph(
        run("Reste"),
        "<w:del><w:r><w:delText>effacé</w:delText></w:r></w:del>",
        "<w:moveFrom><w:r><w:t>parti</w:t></w:r></w:moveFrom>",
        "<w:ins><w:r><w:t> ajouté</w:t></w:r></w:ins>",
    )
    assert texts(word(body), samples.DOCX) == ["Reste ajouté"]


def test_a_text_box_is_read_once_and_instructions_are_not():
    body = paragraph(
        "<mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>Encadré</w:t></w:r></w:p>"
        "</w:txbxContent></mc:Choice><mc:Fallback><w:t>Encadré</w:t></mc:Fallback>"
        "</mc:AlternateContent>",
        "<w:r><w:instrText>HYPERLINK secret</w:instrText></w:r>",
    )
    assert texts(word(body), samples.DOCX) == ["Encadré"]


def test_notes_are_found_on_the_last_page():
    notes = f'<w:footnotes xmlns:w="{samples.W}">{paragraph(run("Une source."))}</w:footnotes>'
    body = paragraph(run("Un"), '<w:r><w:br w:type="page"/></w:r>') + paragraph(run("Deux"))
    assert texts(word(body, footnotes=notes), samples.DOCX) == ["Un", "Deux\n\nUne source."]


def test_the_cells_of_a_table_stay_apart():
    cells = "".join(f"<w:tc>{paragraph(run(text))}</w:tc>" for text in ("Nom", "Rôle"))
    (page,) = texts(word(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"), samples.DOCX)
    assert page.split() == ["Nom", "Rôle"]


# ------------------------------------------------------------------------------------ Excel


def test_cells_are_read_by_row_from_the_shared_texts_too():
    shared = (
        "<si><t>Nom</t></si><si><r><t>Coût </t></r><r><t>complet</t></r><rPh><t>x</t></rPh></si>"
    )
    rows = (
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
        '<row><c t="str"><v>Total</v></c><c><v>12.5</v></c><c t="s"><v>99</v></c></row>'
    )
    content = samples.workbook({"Budget": rows}, shared)
    assert texts(content, samples.XLSX) == ["Budget\nNom Coût complet\nTotal 12.5"]


def test_a_sheet_that_is_not_shown_is_not_read():
    sheets = {"Vue": samples.ROW.format("oui"), "Cachée": samples.ROW.format("non")}
    content = samples.workbook(sheets, states={"Cachée": "veryHidden"})
    assert texts(content, samples.XLSX) == ["Vue\noui"]


def test_a_long_text_that_a_thousand_cells_repeat_is_kept_once_or_so():
    rows = '<row><c t="s"><v>0</v></c></row>' * 1_000
    content = samples.workbook({"Un": rows}, f"<si><t>{'mot ' * 25_000}</t></si>")
    (page,) = opened(content, samples.XLSX).texts()
    assert len(page) < 3_000_000


# ----------------------------------------------------------------------------- OpenDocument


def test_an_open_document_keeps_its_blanks_and_leaves_its_comments():
    body = (
        "<text:tracked-changes><text:p>effacé</text:p></text:tracked-changes><text:p>Un<text:s "
        'text:c="3"/>deux<office:annotation><text:p>entre nous</text:p></office:annotation>'
        "<text:tab/>trois<text:line-break/>quatre</text:p>"
        '<text:p text:style-name="P1">Cinq<text:soft-page-break/>six</text:p>'
    )
    content = samples.open_document("text", body, BREAKING)
    assert texts(content, samples.ODT) == ["Un deux trois\nquatre", "Cinq", "six"]


def test_the_notes_of_a_speaker_are_hers():
    body = (
        "<draw:page><draw:frame><text:p>Dit</text:p></draw:frame><presentation:notes><text:p>"
        "Entre nous</text:p></presentation:notes></draw:page>"
    )
    assert texts(samples.open_document("presentation", body), samples.ODP) == ["Dit"]


def test_an_encrypted_open_document_says_so():
    manifest = (
        '<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    )
    content = samples.open_document("text", "", **{"META-INF/manifest.xml": manifest})
    with pytest.raises(Encrypted):
        opened(content, samples.ODT)


# ------------------------------------------------------------------------------- plain, rich


def test_rich_text_gives_its_accents_and_none_of_its_pictures():
    pages = texts(*reversed(EVERY_FORMAT["rtf"]))
    assert "accompagnent des jeunes et leurs parents" in pages[0]
    assert "89504e47" not in "".join(pages)


def test_a_table_of_commas_is_one_text():
    assert texts("\ufeffnom;lieu\r\nÈve;Alma\r\n".encode(), samples.CSV) == ["nom;lieu\nÈve;Alma"]


# -------------------------------------------------------------------------- pictures, sounds


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_a_picture_has_neither_text_nor_pages(format_):
    reader = opened(picture(format_, (400, 300)), f"image/{format_.lower()}")
    assert list(reader.texts()) == [] and not reader.paged
    assert reader.picture(320).width >= 320


def test_an_animation_is_shown_by_its_first_frame():
    assert opened(animation("GIF"), "image/gif").picture(320).size == (16, 16)


def box(name, content):
    return struct.pack(">I4s", 8 + len(content), name) + content


MOVIE = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 600, 600 * 83) + bytes(80))
OGG = (
    b"OggS" + bytes(24) + b"\x01vorbis" + struct.pack("<IBI", 0, 2, 44_100) + bytes(40)
    + b"OggS\x00\x04" + struct.pack("<q", 44_100 * 83) + bytes(20)
)  # fmt: skip
XING = (
    b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00" + bytes(32) + b"Xing\x00\x00\x00\x01"
    + struct.pack(">I", 83 * 44_100 // 1152) + bytes(400)
)  # fmt: skip


@pytest.mark.parametrize(
    ("content_type", "content", "seconds"),
    [
        ("video/mp4", box(b"ftyp", b"isom") + box(b"free", bytes(9)) + box(b"moov", MOVIE), 83),
        ("audio/mp4", box(b"ftyp", b"M4A ") + box(b"moov", MOVIE), 83),
        ("audio/ogg", OGG, 83),
        ("audio/mpeg", XING, 83),
        ("audio/mpeg", b"\xff\xfb\x90\x00" + bytes(16_000 * 83 - 4), 83),
        # What says nothing, or nonsense, is only not told.
        ("audio/mpeg", MP3, None),
        ("video/webm", b"\x1a\x45\xdf\xa3webm", None),
        ("video/mp4", box(b"moov", b"\x00\x00\x00\x00") * 3, None),
        ("video/mp4", box(b"ftyp", b"isom") + struct.pack(">I4s", 1, b"free"), None),
        ("audio/ogg", b"OggS\x01vorbis", None),
    ],
)
def test_a_recording_says_how_long_it_lasts(content_type, content, seconds):
    assert opened(content, content_type).facts().get("seconds") == seconds


# ----------------------------------------------------------------------------- what may harm

PACKAGES = ["docx", "xlsx", "pptx", "odt", "ods", "odp"]
MAIN = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
    "odt": "content.xml",
    "ods": "content.xml",
    "odp": "content.xml",
}


@pytest.mark.parametrize("ending", PACKAGES)
def test_declarations_are_refused_in_every_format(ending):
    content_type, content = EVERY_FORMAT[ending]
    with pytest.raises(Doctype):
        texts(samples.with_declarations(content, MAIN[ending]), content_type)


def test_even_a_declaration_that_holds_nothing_is_refused():
    outside = '<!DOCTYPE w SYSTEM "http://ailleurs.example/w.dtd">'
    content = samples.with_declarations(EVERY_FORMAT["docx"][1], MAIN["docx"], outside)
    with pytest.raises(Doctype):
        texts(content, samples.DOCX)


def test_declarations_are_refused_in_the_facts_too():
    content = samples.with_declarations(EVERY_FORMAT["docx"][1], "docProps/core.xml")
    with pytest.raises(Doctype):
        opened(content, samples.DOCX).facts()


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("docx", samples.DOCX), ("xlsx", samples.XLSX), ("odt", samples.ODT)],
)
def test_what_inflates_without_end_is_left(kind, content_type):
    content = samples.bomb(kind)
    assert len(content) < 60_000
    with pytest.raises(TooBig):
        texts(content, content_type)


def test_elements_in_elements_in_elements_are_left():
    with pytest.raises(Broken):
        texts(word("<w:p>" * 100_000), samples.DOCX)


def test_a_wall_of_pixels_is_left_before_it_is_drawn():
    with pytest.raises(TooBig):
        opened(samples.wall_of_pixels(60_000, 60_000), "image/png")
    with pytest.raises(TooBig):
        opened(samples.wall_of_pixels(9_000, 9_000), "image/png")


@pytest.mark.parametrize("ending", PACKAGES)
def test_a_cut_package_is_damaged(ending):
    content_type, content = EVERY_FORMAT[ending]
    with pytest.raises(Broken):
        texts(content[: len(content) // 2], content_type)


@pytest.mark.parametrize("content_type", [samples.PDF, samples.DOCX, samples.ODS, "image/png"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 5_000, b"PK\x03\x04", b"%PDF-1.7\n%%EOF"])
def test_what_is_nothing_is_damaged(content_type, content):
    with pytest.raises(Broken):
        texts(content, content_type)


def test_a_nul_in_the_xml_is_damage():
    with pytest.raises(Broken):
        texts(word(paragraph(run("avant\x00après"))), samples.DOCX)


# ------------------------------------------------------------------------- the demo's papers


@pytest.mark.parametrize(
    ("make", "content_type", "pages"),
    [(papers.pdf, samples.PDF, 2), (papers.docx, samples.DOCX, 2), (papers.xlsx, samples.XLSX, 3)],
)
def test_a_paper_is_a_real_file_that_reads_back(make, content_type, pages):
    content = make(samples.PAPER)
    assert content == make(samples.PAPER)
    found = texts(content, content_type)
    assert len(found) == pages
    whole = " ".join(" ".join(found).split())
    for said in ("Guide du nordet", "Équipe des vents", "Racines et Relais", "2024", PHRASE):
        assert said in whole


def test_a_short_paper_holds_on_one_page():
    paper = papers.Paper("Affiche", sections=samples.PAPER.sections, short=True)
    for make, content_type in ((papers.pdf, samples.PDF), (papers.docx, samples.DOCX)):
        assert len(texts(make(paper), content_type)) == 1


def test_a_long_paragraph_goes_on_to_the_next_page():
    section = papers.Section("Tout", tuple([samples.FIRST] * 30))
    pages = texts(papers.pdf(papers.Paper("Long", sections=(section,))), samples.PDF)
    assert len(pages) > 2
    assert sum(page.count("Ce guide est écrit") for page in pages) == 30
