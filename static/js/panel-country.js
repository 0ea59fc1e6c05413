// Offers the country that this browser's clock suggests; the person chooses.

const line = document.getElementById("country-suggestion");
const chosen = new URLSearchParams(location.search).has("country");

async function suggest() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const answer = await fetch(`${line.dataset.suggest}?zone=${encodeURIComponent(zone)}`);
  if (!answer.ok) return;
  const { code, name } = await answer.json();
  if (!code || document.getElementById("country").value === code) return;
  const link = document.createElement("a");
  link.href = `/help-now?country=${code}`;
  link.textContent = `Show the lines for ${name}`;
  line.append("Are you there? ", link);
  line.hidden = false;
}

if (line && !chosen) suggest().catch(() => {}); // only an offer; the list below works as it is
