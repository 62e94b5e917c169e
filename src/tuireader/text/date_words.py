"""Words for dates in many languages: months, units of time, today and yesterday."""

from tuireader.text.durations import DAY, HOUR, MONTH, WEEK, YEAR

MONTH_NAMES: dict[str, int] = {}
"""Months of English, German and French: names, and English abbreviations."""
for _names in (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sept oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
):
    MONTH_NAMES |= {name: number for number, name in enumerate(_names.split(), 1)}
_OTHERS = (
    "januari januarie gennaio gen enero ene janeiro styczeń stycznia sty leden ledna led ianuarie ian "
    "ocak oca tammikuu tammikuuta январь января янв січень січня січ ιανουαρίου ιαν siječnja",
    "févr fév februari febbraio febrero fevereiro fev luty lutego lut únor února úno februarie şubat "
    "şub helmikuu helmikuuta февраль февраля февр фев лютий лютого лют φεβρουαρίου φεβ veljače",
    "mär mrz maart mrt marzo março marzec marca březen března bře martie mart marts maaliskuu "
    "maaliskuuta март марта мар березень березня бер μαρτίου μαρ ožujka",
    "avr aprile abril abr kwiecień kwietnia kwi duben dubna dub aprilie nisan nis huhtikuu huhtikuuta "
    "апрель апреля апр квітень квітня кві απριλίου απρ travnja",
    "mei maggio mag mayo maio maj maja květen května kvě mayıs toukokuu toukokuuta май мая травень "
    "травня тра μαΐου μαϊ svibnja",
    "giugno giu junio junho czerwiec czerwca cze červen června čvn iunie haziran haz kesäkuu kesäkuuta "
    "июнь июня июн червень червня чер ιουνίου ιουν lipnja",
    "juil luglio lug julio julho lipiec lipca lip červenec července čvc iulie temmuz tem heinäkuu "
    "heinäkuuta июль июля июл липень липня лип ιουλίου ιουλ srpnja",
    "augustus agosto ago sierpień sierpnia sie srpen srpna srp ağustos ağu elokuu elokuuta август "
    "августа авг серпень серпня сер αυγούστου αυγ kolovoza",
    "sep settembre set septiembre setembro wrzesień września wrz září zář septembrie eylül eyl syyskuu "
    "syyskuuta сентябрь сентября сент сен вересень вересня вер σεπτεμβρίου σεπ rujna",
    "okt ottobre ott octubre outubro out październik października paź říjen října říj octombrie ekim "
    "eki lokakuu lokakuuta октябрь октября окт жовтень жовтня жов οκτωβρίου οκτ",
    "noviembre novembro listopad listopada lis noiembrie kasım kas marraskuu marraskuuta ноябрь ноября "
    "нояб ноя листопад листопада νοεμβρίου νοε studenoga",
    "déc dez dicembre dic diciembre dezembro desember des grudzień grudnia gru prosinec prosince pro "
    "decembrie aralık ara joulukuu joulukuuta декабрь декабря дек грудень грудня гру δεκεμβρίου δεκ "
    "prosinca",
)
MONTHS = MONTH_NAMES | {name: number for number, names in enumerate(_OTHERS, 1) for name in names.split()}
"""Names and abbreviations of months in many languages."""
ENGLISH_MONTHS = {name[:3]: number for number, name in enumerate(list(MONTH_NAMES)[:12], 1)}
"""Months by the first three letters of their English names."""
UNITS = {
    60: (
        "minute minutes min mins minuten minuto minutos minuti minut minuty minuter dk dakika минут минуты "
        "минуту хвилин 分钟 分鐘 分 분"
    ),
    HOUR: (
        "hour hours hr hrs h stunde stunden std heure heures hora horas ora ore uur timmar timer godz "
        "godziny godzin saat час часа часов години годин 小时 小時 時間 시간"
    ),
    DAY: (
        "day days d tag tagen tage jour jours dia dias día días giorno giorni dag dagen dagar dni gün день "
        "дня дней днів 天 日 일"
    ),
    WEEK: (
        "week weeks wk woche wochen semaine semaines semana semanas settimana settimane weken veckor tygodni "
        "hafta недели недель 周 週間 週 주"
    ),
    MONTH: (
        "month months monat monaten monate mois mes meses mese mesi maand maanden miesięcy ay месяца месяцев "
        "个月 個月 개월"
    ),
    YEAR: ("year years jahr jahren jahre ans an año años anno anni jaar lat yıl года лет 年 년"),
}
"""Names of units of time by their length in seconds."""
NAMED_DAYS = {
    0: ("today heute aujourd'hui hoy oggi hoje vandaag idag dzisiaj dziś сегодня сьогодні 今天 今日 오늘"),
    1: ("yesterday gestern hier ayer ieri ontem gisteren igår wczoraj вчера вчора 昨天 昨日 어제"),
    2: ("前天"),
}
"""Names of days by the number of days that have passed since."""
JUST_NOW = "just now|moments ago|gerade eben|à l'instant|ahora mismo|только что|刚刚|刚才|剛剛|たった今|방금"
"""Words for the present moment, as alternatives of a pattern."""
