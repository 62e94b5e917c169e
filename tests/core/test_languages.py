"""The language of a text: by script, by letters, by frequent words; nothing if that is not certain."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import for_each, half_as_many
from tuireader.lexicon.language import READ, language
from tuireader.text.languages import LANGUAGES, in_order, language_code, language_names

LEADS = {
    "en": "Regulator fines three banks over late reports. The authority said on Monday that the banks"
    " had not told their customers about the change until it was too late.",
    "zh": "监管机构对三家银行处以罚款。该机构周一表示，这些银行没有及时向客户说明相关变化。",
    "ja": "金融庁、三行に業務改善命令。月曜日の発表によると、顧客への説明が十分ではなかったという。",
    "ko": "금융감독원, 은행 세 곳에 과징금 부과. 월요일 발표에 따르면 고객에게 변경 사항을 알리지 않았다.",
    "de": "Aufsicht verhängt Strafen gegen drei Banken. Die Behörde teilte am Montag mit, dass die"
    " Institute ihre Kunden nicht rechtzeitig über die Änderung informiert haben.",
    "fr": "Le régulateur inflige une amende à trois banques. L’autorité a déclaré lundi que les"
    " établissements n’avaient pas informé leurs clients de la modification.",
    "es": "El regulador multa a tres bancos. La autoridad dijo el lunes que las entidades no habían"
    " informado a sus clientes sobre el cambio.",
    "it": "L’autorità multa tre banche. Lunedì ha detto che gli istituti non hanno informato i loro"
    " clienti della modifica in tempo.",
    "pt": "O regulador multa três bancos. A autoridade disse na segunda-feira que as instituições não"
    " informaram os seus clientes sobre a mudança.",
    "nl": "Toezichthouder beboet drie banken. De instantie zei maandag dat de banken hun klanten niet"
    " op tijd over de wijziging hebben geïnformeerd.",
    "pl": "Regulator ukarał trzy banki. Urząd poinformował w poniedziałek, że instytucje nie"
    " powiadomiły klientów o zmianie na czas.",
    "sv": "Myndigheten bötfäller tre banker. Tillsynen sade på måndagen att bankerna inte hade"
    " informerat sina kunder om ändringen i tid.",
    "da": "Tilsynet giver tre banker en bøde. Myndigheden sagde mandag, at bankerne ikke havde oplyst"
    " deres kunder om ændringen, og at noget skal ske nu.",
    "no": "Tilsynet gir tre banker bot. Myndigheten sa mandag at bankene ikke hadde informert kundene"
    " sine om endringen, og at noe må skje nå.",
    "fi": "Valvoja määräsi sakon kolmelle pankille. Viranomaisen mukaan pankit eivät olleet kertoneet"
    " asiakkailleen muutoksesta ajoissa, mutta se on nyt korjattu.",
    "tr": "Düzenleyici kurum üç bankaya ceza verdi. Kurum pazartesi günü yaptığı açıklamada bankaların"
    " müşterilerini bu değişiklik için uyarmadığını söyledi.",
    "cs": "Regulátor pokutoval tři banky. Úřad v pondělí uvedl, že banky své klienty o změně"
    " neinformovaly včas a že se to musí změnit.",
    "ru": "Регулятор оштрафовал три банка. В понедельник ведомство сообщило, что банки не предупредили"
    " клиентов об изменениях вовремя.",
    "uk": "Регулятор оштрафував три банки. У понеділок відомство повідомило, що банки не попередили"
    " клієнтів про зміни вчасно.",
    "ar": "فرضت الهيئة غرامة على ثلاثة بنوك. وقالت الهيئة يوم الاثنين إن البنوك لم تبلغ عملاءها"
    " بالتغيير في الوقت المناسب.",
    "he": "הרגולטור קנס שלושה בנקים. הרשות מסרה ביום שני כי הבנקים לא הודיעו ללקוחותיהם על השינוי בזמן.",
    "th": "หน่วยงานกำกับดูแลปรับธนาคารสามแห่ง เมื่อวันจันทร์หน่วยงานกล่าวว่าธนาคารไม่ได้แจ้งลูกค้าเรื่องการเปลี่ยนแปลง",
    "hi": "नियामक ने तीन बैंकों पर जुर्माना लगाया। प्राधिकरण ने सोमवार को कहा कि बैंकों ने ग्राहकों को"
    " बदलाव के बारे में नहीं बताया।",
    "el": "Η ρυθμιστική αρχή επέβαλε πρόστιμο σε τρεις τράπεζες. Όπως ανακοίνωσε τη Δευτέρα, οι πελάτες"
    " δεν ενημερώθηκαν εγκαίρως.",
    "bg": "Регулаторът глоби три банки. Ведомството съобщи в понеделник, че клиентите не са били"
    " предупредени.",
    "sr": "Регулатор је казнио три банке. Надлежни су у понедељак саопштили да клијенти нису били"
    " обавештени.",
    "be": "Рэгулятар аштрафаваў тры банкі. У панядзелак ведамства паведаміла, што кліентаў не папярэдзілі.",
    "fa": "نهاد ناظر سه بانک را جریمه کرد. این نهاد روز دوشنبه گفت که بانک‌ها مشتریان خود را از تغییر"
    " آگاه نکرده بودند.",
    "ur": "ریگولیٹر نے تین بینکوں پر جرمانہ عائد کیا۔ ادارے نے پیر کو کہا کہ بینکوں نے صارفین کو تبدیلی"
    " سے آگاہ نہیں کیا۔",
    "ca": "El regulador multa tres bancs. L’autoritat va dir dilluns que les entitats no havien"
    " informat els seus clients del canvi amb temps.",
    "ro": "Autoritatea a amendat trei bănci. Instituția a anunțat luni că băncile nu și-au informat"
    " clienții despre schimbare la timp.",
    "hu": "A felügyelet három bankot bírságolt meg. A hatóság hétfőn azt közölte, hogy a bankok nem"
    " tájékoztatták az ügyfeleket a változásról.",
    "sk": "Regulátor pokutoval tri banky. Úrad v pondelok uviedol, že banky svojich klientov o zmene"
    " neinformovali včas a že sa to musí zmeniť, ale až po novom roku.",
    "sl": "Regulator je kaznoval tri banke. Urad je v ponedeljek sporočil, da banke strank niso"
    " obvestile pravočasno in da se to ne sme več zgoditi.",
    "hr": "Regulator je kaznio tri banke. Nadležni su u ponedjeljak priopćili da banke nisu"
    " obavijestile klijente, što će biti promijenjeno nakon nove godine.",
    "vi": "Cơ quan quản lý phạt ba ngân hàng. Cơ quan này cho biết các ngân hàng đã không thông báo cho"
    " khách hàng.",
    "id": "Regulator mendenda tiga bank. Otoritas itu mengatakan pada hari Senin bahwa bank tidak"
    " memberi tahu nasabah tentang perubahan tersebut.",
    "et": "Järelevalve trahvis kolme panka. Amet teatas esmaspäeval, et pangad ei olnud oma kliente"
    " muudatusest õigel ajal teavitanud, aga nüüd on see korras.",
    "lv": "Regulators soda trīs bankas. Iestāde pirmdien paziņoja, ka bankas nav laikus informējušas"
    " savus klientus par izmaiņām un ka tas ir jāmaina.",
    "lt": "Priežiūros institucija nubaudė tris bankus. Pirmadienį ji pranešė, kad bankai laiku"
    " neinformavo savo klientų apie pakeitimus ir kad tai bus pataisyta.",
}
TITLES = {
    "微信暂停新用户注册": "zh",
    "OpenAI发布GPT-5，Sam Altman称其为重大突破": "zh",
    "Apple將在台灣推出新服務": "zh",
    "北京召開記者會": "zh",
    "二〇二六年一月一日起施行": "zh",
    "iPhone 17 Pro Max 评测：值得买吗？": "zh",
    "日銀、政策金利を据え置き": "ja",
    "ソニー、PlayStation 6を発表": "ja",
    "東証、売買代金が過去最大 円安で": "ja",
    "衆院解散、総選挙へ": "ja",
    "삼성전자, 2나노 양산 시작": "ko",
    "美 대통령, 25일 방한": "ko",
    "How the new law will change what you pay for the train": "en",
    "Bundestag stimmt für die Reform der Rente": "de",
    "Путин прибыл в Пекин": "ru",
    "Россия и Китай подписали договор": "ru",
    "Україна та Китай підписали договір": "uk",
    "България подписва договора с Китай": "bg",
    "السعودية تعلن عن مشروع جديد": "ar",
    "ישראל: הממשלה אישרה את התקציב": "he",
    "สภาผ่านร่างกฎหมายใหม่": "th",
    "संसद में नया विधेयक पेश": "hi",
    "Η Βουλή ενέκρινε τον νόμο": "el",
}
UNCERTAIN = (
    "", "   ", "WeChat", "Apple iPhone 17 Pro Max", "3.14159", "https://example.com/a/b?c=d", "Node v1.31.2",
    "🎉🎉🎉", "中", "\ud800", "Dr. Oetker", "def f(x): return x + 1", "ქართული ენა საქართველოში",
    "Қазақстан Республикасының Президенті үкімет отырысын өткізді", "বাংলাদেশের প্রধানমন্ত্রী আজ বলেছেন",
    "Ang mga tao sa Pilipinas ay may karapatan sa kanilang lupa at hindi ito maaaring kunin",
    "Владата соопшти дека ќе го промени законот во јануари и ги повика странките",
    "सरकारने आज नवीन कायदा आणला आहे आणि तो लागू झाला",
    "Die regering het gesê dat hulle nie die wet vir die mense sal verander nie",
)  # fmt: skip


@for_each("code", LEADS)
def test_title_and_lead_tell_the_language(code: str) -> None:
    assert language(LEADS[code]) == code


def test_every_language_with_a_name_is_told() -> None:
    assert set(LEADS) == set(LANGUAGES)


@for_each("title", TITLES)
def test_a_title_alone_is_often_enough(title: str) -> None:
    assert language(title) == TITLES[title]


@for_each("text", UNCERTAIN)
def test_too_little_text_has_no_language(text: str) -> None:
    assert language(text) == ""


def test_a_language_without_a_name_here_has_none() -> None:
    assert language("ښار ته تلل ښه دي، خو ځینې خلک یې نه خوښوي او په کور کې پاتې کېږي.") == ""  # Pashto


def test_mixed_texts_go_by_the_majority() -> None:
    assert language("Xi Jinping (习近平) said on Monday that the talks with the EU were over") == "en"
    assert language("ByteDance（字节跳动）旗下TikTok与美国政府达成协议") == "zh"
    assert language("The band behind “Идиот” is on tour and will be in the city in May") == "en"
    assert language("Продажи Apple iPhone 17 Pro в России выросли") == "ru"


def test_a_few_kana_in_a_chinese_text_do_not_make_it_japanese() -> None:
    assert (
        language("这首歌的日文名是「さくら」，在中国也很受欢迎，很多人都会唱，电影里也用过它。" * 2) == "zh"
    )
    assert language("鲜の每日推出新品，我们来看看这家店为什么这么火") == "zh"


def test_a_decomposed_text_has_the_language_of_the_composed_one() -> None:
    assert language("Die Ko\u0308nigin ha\u0308lt fu\u0308r ihre Ga\u0308ste eine Rede") == "de"


@for_each("code", LEADS)
def test_only_the_beginning_is_read(code: str) -> None:
    lead = LEADS[code].ljust(READ)
    assert language(lead + "the and of " * 100) == language(lead)


@given(st.sampled_from(sorted(LEADS)), st.sampled_from(["upper", "title"]))
def test_capitals_do_not_matter(code: str, how: str) -> None:
    if code not in ("tr", "el"):  # their capitals lose dots and accents
        assert language(getattr(LEADS[code], how)()) == code


@given(st.text(max_size=400))
def test_any_text_has_a_known_language_or_none(text: str) -> None:
    assert language(text) in {"", *LANGUAGES}


@given(
    st.text(alphabet="的了是在中国経済のはをabc ，。", max_size=60),
    st.text(alphabet="0123456789 .,!?%€", max_size=20),
)
def test_digits_and_signs_do_not_change_the_language(text: str, signs: str) -> None:
    if language(text) in ("zh", "ja"):
        assert language(text + signs) == language(text)


@pytest.mark.parametrize(
    "unit", ["a ", "ا", "的", "の", "é", "i̇", "и", "\u0301", "ạ", "\U0001f600", "lla ", "\ud800"]
)
def test_hostile_texts_take_no_longer_than_others(unit: str) -> None:
    started = time.process_time()
    language(unit * 5_000_000)
    assert time.process_time() - started < 2  # only its beginning is looked at


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("ZH_hant_TW", "zh"),
        ("Chinese", "zh"),
        ("en-GB", "en"),
        (" nb ", "no"),
        ("xx", ""),
    ],
)
def test_languages_are_given_as_code_locale_or_name(text: str, code: str) -> None:
    assert language_code(text) == code


def test_names_make_a_phrase() -> None:
    assert language_names([]) == ""
    assert language_names(["zh"]) == "Chinese"
    assert language_names(["zh", "ja", "ko"]) == "Chinese, Japanese, Korean"


@given(
    st.lists(st.sampled_from(["", "en", "zh", "ja", "ko"])),
    st.lists(st.sampled_from(["zh", "en", "fr"]), unique=True),
)
@half_as_many
def test_preferred_languages_come_first_and_none_twice(codes: list[str], preferred: list[str]) -> None:
    found = in_order(codes, preferred)
    assert sorted(found) == sorted(set(codes) - {""})
    first = [code for code in found if code in preferred]
    assert list(found[: len(first)]) == first == [code for code in preferred if code in codes]
    assert list(found[len(first) :]) == sorted(found[len(first) :])
