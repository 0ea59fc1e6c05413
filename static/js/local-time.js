// Turns <time datetime="…T…"> into the reader's own clock: "14:02", "yesterday, 14:02", "3 March, 14:02".

// The page's language, in the variant the reader's browser speaks: "14:02" in en-GB, "2:02 PM" in en-US.
const page = document.documentElement.lang;
const language = navigator.languages.find((one) => one.split("-")[0] === page) ?? (page || undefined);
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const dayOnly = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" });
const dayAndYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

/** The moment as a reader would say it; `now` decides what is today. */
export function inWords(at, now = new Date()) {
  const daysAgo = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (daysAgo === 0) return clock.format(at);
  if (daysAgo === 1) return `${relative.format(-1, "day")}, ${clock.format(at)}`;
  const day = at.getFullYear() === now.getFullYear() ? dayOnly : dayAndYear;
  return `${day.format(at)}, ${clock.format(at)}`;
}

/** Rewrite each moment below `root`; dates without a time of day are left alone. */
export function showLocalTimes(root = document) {
  for (const time of root.querySelectorAll("time[datetime*='T']")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = inWords(at);
    time.title = full.format(at);
  }
}

showLocalTimes();
