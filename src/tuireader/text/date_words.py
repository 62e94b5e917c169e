"""Words for dates in many languages: months, units of time, today and yesterday."""

from tuireader.model.durations import DAY, HOUR, MONTH, WEEK, YEAR

MONTHS = (
    "january jan janvier januar jänner januari januarie gennaio gen enero ene janeiro styczeń stycznia "
    "sty leden ledna led ianuarie ian ocak oca tammikuu tammikuuta январь января янв січень січня січ "
    "ιανουαρίου ιαν siječnja",
    "february feb février févr fév februar februari febbraio febrero fevereiro fev luty lutego lut únor "
    "února úno februarie şubat şub helmikuu helmikuuta февраль февраля февр фев лютий лютого лют "
    "φεβρουαρίου φεβ veljače",
    "march mar mars märz mär mrz maart mrt marzo março marzec marca březen března bře martie mart marts "
    "maaliskuu maaliskuuta март марта мар березень березня бер μαρτίου μαρ ožujka",
    "april apr avril avr aprile abril abr kwiecień kwietnia kwi duben dubna dub aprilie nisan nis "
    "huhtikuu huhtikuuta апрель апреля апр квітень квітня кві απριλίου απρ travnja",
    "may mai mei maggio mag mayo maio maj maja květen května kvě mayıs toukokuu toukokuuta май мая "
    "травень травня тра μαΐου μαϊ svibnja",
    "june jun juin juni giugno giu junio junho czerwiec czerwca cze červen června čvn iunie haziran haz "
    "kesäkuu kesäkuuta июнь июня июн червень червня чер ιουνίου ιουν lipnja",
    "july jul juillet juil juli luglio lug julio julho lipiec lipca lip červenec července čvc iulie "
    "temmuz tem heinäkuu heinäkuuta июль июля июл липень липня лип ιουλίου ιουλ srpnja",
    "august aug août augustus agosto ago sierpień sierpnia sie srpen srpna srp ağustos ağu elokuu "
    "elokuuta август августа авг серпень серпня сер αυγούστου αυγ kolovoza",
    "september sep sept septembre settembre set septiembre setembro wrzesień września wrz září zář "
    "septembrie eylül eyl syyskuu syyskuuta сентябрь сентября сент сен вересень вересня вер σεπτεμβρίου "
    "σεπ rujna",
    "october oct octobre oktober okt ottobre ott octubre outubro out październik października paź říjen "
    "října říj octombrie ekim eki lokakuu lokakuuta октябрь октября окт жовтень жовтня жов οκτωβρίου οκτ",
    "november nov novembre noviembre novembro listopad listopada lis noiembrie kasım kas marraskuu "
    "marraskuuta ноябрь ноября нояб ноя листопад листопада νοεμβρίου νοε studenoga",
    "december dec décembre déc dezember dez dicembre dic diciembre dezembro desember des grudzień grudnia "
    "gru prosinec prosince pro decembrie aralık ara joulukuu joulukuuta декабрь декабря дек грудень "
    "грудня гру δεκεμβρίου δεκ prosinca",
)
"""Names and abbreviations of each month."""
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
