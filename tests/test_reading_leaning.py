"""The second reader: which way words lean, and what it makes unread."""

import math
from dataclasses import replace

import pytest
from unseen import LANGUAGES, TRAINING
from weights import table, weigh

from gapgraph.errors import InputError
from gapgraph.reading.leaning import Leaning, marks, read_leaning
from gapgraph.reading.packs import find_pack
from gapgraph.reading.patterns import read_patterns
from gapgraph.reading.statements import read_statement_rules
from gapgraph.statuses import UNREAD
from golden_readings import DATA, pack_of, rows_of

#: All of them are quick.
pytestmark = pytest.mark.every

RULES = {
    language: read_statement_rules(pack_of(language), read_patterns(pack_of(language)))
    for language in LANGUAGES
}
HEADER = "mark\tweight\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_are_those_of_the_training_sentences(language):
    """``make weights`` counts anew."""
    written = (DATA / "reading" / language / "weights.tsv").read_text(encoding="utf-8")
    assert written == table(language)


def test_what_is_more_often_in_gaps_weighs_more_than_nothing():
    gaps = [("Omission", "Boats are forgotten."), ("Omission", "Ferries are forgotten.")]
    provided = [("Provision", "Boats are bought."), ("Invocation", "Ferries are bought.")]
    weights = weigh([*gaps, *provided, ("ContextNote", "Rain is bought and forgotten.")])
    assert weights["forg*"] > 0 > weights["boug*"]
    assert weights["forg*"] == -weights["boug*"] == round(100 * math.log(3))
    assert not {"are *", "boat*", "rain*"} & weights.keys()


def test_forms_of_a_word_have_a_mark_in_common():
    assert {"refu*", "no refugi"} <= marks("No refugios") & marks("no REFUGIÓ")
    assert marks("Ficou.") == {"fico*", "ficou*", "^ ficou", "ficou $"}
    assert marks("") == {"^ $"}


def test_it_is_asked_of_gaps_and_of_what_weak_rules_provide():
    gap, provided = Leaning({"boat*": 1.0}), Leaning({"boat*": -1.0})
    assert gap.objects("boats", "Provision", 4, "any")
    assert gap.objects("boats", "Invocation", 6, "any")
    assert not gap.objects("boats", "Provision", 3, "any")
    assert not gap.objects("boats", "Omission", 3, "any")
    assert provided.objects("boats", "Omission", 1, "any")
    assert not provided.objects("boats", "Provision", 4, "any")
    # A weak rule's gap must lean to one; a strong rule's may lean nowhere.
    assert gap.objects("ships", "Omission", 4, "any")
    assert not gap.objects("ships", "Omission", 3, "any")
    for kind in ("ContextNote", "Doubt"):
        assert not gap.objects("boats", kind, 6, "any")
        assert not provided.objects("boats", kind, 6, "any")


def test_it_does_not_object_to_a_rule_that_is_named_plain():
    plain = read_patterns(pack_of("es")).named("plain")
    provided = Leaning({"boat*": -1.0}, plain)
    assert not provided.objects("boats", "Omission", 3, "not")
    assert provided.objects("boats", "Omission", 3, "not-so")


def test_a_language_without_weights_objects_to_nothing(tmp_path):
    own = tmp_path / "reading"
    own.mkdir()
    for file in (DATA / "reading" / "en").glob("*.tsv"):
        if file.name != "weights.tsv":
            (own / file.name).write_bytes(file.read_bytes())
    pack = find_pack(DATA, "qu", own)
    assert pack is not None
    assert read_leaning(pack, read_patterns(pack)).weights == {}
    assert not Leaning({}).objects("boats", "Omission", 6, "any")


def with_weights(folder, row):
    """The tables of English, with those of an analysis that weighs one mark."""
    own = folder / "reading"
    own.mkdir()
    (own / "weights.tsv").write_text(f"{HEADER}{row}\n", encoding="utf-8")
    pack = find_pack(DATA, "en", own)
    assert pack is not None
    return pack


def test_an_analysis_may_weigh_a_word_otherwise(tmp_path):
    pack = with_weights(tmp_path, "buoy*\t250")
    weights = read_leaning(pack, read_patterns(pack)).weights
    assert weights["buoy*"] == 2.5
    assert len(weights) == len(RULES["en"].leaning.weights) + 1


def test_a_weight_that_is_no_number_says_where(tmp_path):
    pack = with_weights(tmp_path, "buoy*\theavy")
    with pytest.raises(InputError, match="'heavy' is no whole number") as caught:
        read_leaning(pack, read_patterns(pack))
    assert "weights.tsv:2" in str(caught.value)


def test_what_an_analysis_brings_is_not_objected_to():
    """Nobody counted the words of its own turns of speech."""
    rules = RULES["en"]
    sentence = "Repair may be claimed for ten years."
    rule = rules.rule_of(sentence)
    assert rule is not None
    assert rule.kind == "Provision"
    weak = replace(rule, tier=6)
    against = Leaning({"repa*": 5.0})
    theirs = replace(rules, kinds=(replace(weak, own=True),), leaning=against)
    assert theirs.kind_of(sentence) == ("Provision", rule.id)
    assert replace(theirs, kinds=(weak,)).kind_of(sentence) == (UNREAD, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_only_ever_objects(language):
    """With it a statement has the kind that it has without it, or is unread."""
    rules = RULES[language]
    alone = replace(rules, leaning=Leaning({}))
    for row in rows_of(TRAINING[language])[::9]:
        for span in rules.split(row["text"]):
            words = row["text"][span.start : span.end]
            assert rules.kind_of(words) in {alone.kind_of(words), (UNREAD, "")}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("es", "La inspección acude de oficio, aunque nadie haya denunciado."),
        ("es", "A partir de 2026 no se concederán licencias a minas que empleen a menores."),
        ("es", "No hace falta abogado para pedir la orden de protección."),
        ("es", "Tampoco las madres solteras quedan fuera: cobran la misma ayuda."),
        ("es", "El silencio de la administración se entenderá como aprobación."),
        ("es", "Excluye de las subvenciones a las empresas condenadas por trata."),
        ("en", "Lack of papers is no ground for refusing a child a school place."),
        ("en", "Nor are single mothers left out: they draw the same benefit."),
        ("en", "Zero tolerance: an officer who takes a bribe loses the post."),
        ("en", "The health card does not expire while treatment lasts."),
        ("en", "The gap that the Act left on custody is filled by section 5 of the Plan."),
        ("en", "Without a prior complaint, a victim may stay in the house for thirty days."),
        ("pt", "Os menores não serão levados à delegacia em hipótese alguma."),
        ("pt", "A ausência da vítima não suspende o julgamento."),
        ("pt", "Não é preciso advogado para pedir a medida protetiva."),
        ("pt", "O Plano corrige uma omissão do anterior: cria um cadastro de boias-frias."),
        ("pt", "Exclui das subvenções as empresas condenadas por tráfico."),
        ("pt", "Em momento algum se divulgará o nome do denunciante."),
    ],
)
def test_what_is_provided_in_words_of_denial_is_no_gap(language, sentence):
    rules = RULES[language]
    kinds = [rules.kind_of(sentence[each.start : each.end])[0] for each in rules.split(sentence)]
    assert "Omission" not in kinds


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("es", "El plan no prevé que las víctimas puedan permanecer en el país."),
        ("es", "Sin embargo, no indica que la formación deba tener en cuenta a los niños."),
        ("en", "The Plan does not require that interpreters be paid."),
        ("pt", "O Plano não prevê que as vítimas possam permanecer no país."),
    ],
)
def test_a_gap_in_what_is_asked_of_others_is_still_one(language, sentence):
    assert RULES[language].kind_of(sentence)[0] == "Omission"
