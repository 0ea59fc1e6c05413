"""The countries the help-line list knows: their English names and their time zones."""

NAMES: dict[str, str] = {
    "AT": "Austria",
    "AU": "Australia",
    "BE": "Belgium",
    "BR": "Brazil",
    "CA": "Canada",
    "CH": "Switzerland",
    "DE": "Germany",
    "DK": "Denmark",
    "ES": "Spain",
    "FI": "Finland",
    "FR": "France",
    "GB": "United Kingdom",
    "GR": "Greece",
    "HK": "Hong Kong",
    "HU": "Hungary",
    "IE": "Ireland",
    "IL": "Israel",
    "IN": "India",
    "IS": "Iceland",
    "IT": "Italy",
    "JP": "Japan",
    "KE": "Kenya",
    "KR": "South Korea",
    "LU": "Luxembourg",
    "MT": "Malta",
    "MX": "Mexico",
    "NL": "Netherlands",
    "NO": "Norway",
    "NZ": "New Zealand",
    "PL": "Poland",
    "PT": "Portugal",
    "SE": "Sweden",
    "SG": "Singapore",
    "TW": "Taiwan",
    "US": "United States",
    "ZA": "South Africa",
}

# Zone names a browser may report, old spellings too (Asia/Calcutta, GB). Zones that belong to a
# country outside the list (Puerto Rico, Greenland) are left out: a guess must not offer a number
# that cannot be dialled there.
ZONES: dict[str, str] = {
    "AT": "Europe/Vienna",
    "AU": "Australia/Adelaide Australia/Brisbane Australia/Broken_Hill Australia/Canberra "
    "Australia/Currie Australia/Darwin Australia/Eucla Australia/Hobart Australia/Lindeman "
    "Australia/Lord_Howe Australia/Melbourne Australia/Perth Australia/Sydney",
    "BE": "Europe/Brussels",
    "BR": "America/Araguaina America/Bahia America/Belem America/Boa_Vista America/Campo_Grande "
    "America/Cuiaba America/Eirunepe America/Fortaleza America/Maceio America/Manaus "
    "America/Noronha America/Porto_Velho America/Recife America/Rio_Branco America/Santarem "
    "America/Sao_Paulo",
    "CA": "America/Atikokan America/Blanc-Sablon America/Cambridge_Bay America/Creston "
    "America/Dawson America/Dawson_Creek America/Edmonton America/Fort_Nelson America/Glace_Bay "
    "America/Goose_Bay America/Halifax America/Inuvik America/Iqaluit America/Moncton "
    "America/Montreal America/Nipigon America/Pangnirtung America/Rainy_River "
    "America/Rankin_Inlet America/Regina America/Resolute America/St_Johns "
    "America/Swift_Current America/Thunder_Bay America/Toronto America/Vancouver "
    "America/Whitehorse America/Winnipeg America/Yellowknife",
    "CH": "Europe/Zurich",
    "DE": "Europe/Berlin Europe/Busingen",
    "DK": "Europe/Copenhagen",
    "ES": "Africa/Ceuta Atlantic/Canary Europe/Madrid",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GB": "Europe/Belfast Europe/London GB",
    "GR": "Europe/Athens",
    "HK": "Asia/Hong_Kong Hongkong",
    "HU": "Europe/Budapest",
    "IE": "Eire Europe/Dublin",
    "IL": "Asia/Jerusalem Asia/Tel_Aviv Israel",
    "IN": "Asia/Calcutta Asia/Kolkata",
    "IS": "Atlantic/Reykjavik Iceland",
    "IT": "Europe/Rome",
    "JP": "Asia/Tokyo Japan",
    "KE": "Africa/Nairobi",
    "KR": "Asia/Seoul ROK",
    "LU": "Europe/Luxembourg",
    "MT": "Europe/Malta",
    "MX": "America/Bahia_Banderas America/Cancun America/Chihuahua America/Ciudad_Juarez "
    "America/Ensenada America/Hermosillo America/Matamoros America/Mazatlan America/Merida "
    "America/Mexico_City America/Monterrey America/Ojinaga America/Tijuana",
    "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo",
    "NZ": "Antarctica/McMurdo NZ NZ-CHAT Pacific/Auckland Pacific/Chatham",
    "PL": "Europe/Warsaw Poland",
    "PT": "Atlantic/Azores Atlantic/Madeira Europe/Lisbon Portugal",
    "SE": "Europe/Stockholm",
    "SG": "Asia/Singapore Singapore",
    "TW": "Asia/Taipei ROC",
    "US": "America/Adak America/Anchorage America/Boise America/Chicago America/Denver "
    "America/Detroit America/Fort_Wayne America/Indiana/Indianapolis America/Indiana/Knox "
    "America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Tell_City "
    "America/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac "
    "America/Indianapolis America/Juneau America/Kentucky/Louisville America/Kentucky/Monticello "
    "America/Los_Angeles America/Louisville America/Menominee America/Metlakatla "
    "America/New_York America/Nome America/North_Dakota/Beulah America/North_Dakota/Center "
    "America/North_Dakota/New_Salem America/Phoenix America/Shiprock America/Sitka "
    "America/Yakutat Pacific/Honolulu US/Alaska US/Arizona US/Central US/Eastern US/Hawaii "
    "US/Mountain US/Pacific",
    "ZA": "Africa/Johannesburg",
}

COUNTRY_OF_ZONE: dict[str, str] = {
    zone: code for code, zones in ZONES.items() for zone in zones.split()
}
