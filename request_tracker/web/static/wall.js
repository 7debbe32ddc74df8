// The wall renews itself: the same page is asked again and put in the place of the old one. While the tracker does not
// answer, the last picture stays, greyed, with the time since when. Asks nobody but this tracker.
"use strict";

const wall = () => document.getElementById("dinding");
// The screen's own clock may be wrong: the tracker's is told with each page.
let ahead = Number(wall().dataset.at) * 1000 - Date.now();
let renewed = new Date();

const hour = (moment) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: wall().dataset.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  }).format(moment);

function tick() {
  document.getElementById("jam").textContent = hour(new Date(Date.now() + ahead));
}

function lost(isLost) {
  document.body.classList.toggle("lost", isLost);
  const notice = document.getElementById("hilang");
  notice.hidden = !isLost;
  notice.querySelector("strong").textContent = hour(new Date(renewed.getTime() + ahead));
}

async function renew() {
  const every = Number(wall().dataset.renew) * 1000;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", signal: AbortSignal.timeout(every) });
    if (answer.redirected || answer.status === 401 || answer.status === 403) {
      // The link was revoked or the log-in is over: nothing may stay on the screen.
      location.reload();
      return;
    }
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("dinding");
    if (!fresh) {
      throw new Error("no wall");
    }
    ahead = Number(fresh.dataset.at) * 1000 - Date.now();
    renewed = new Date();
    wall().replaceWith(document.adoptNode(fresh));
    tick();
    lost(false);
  } catch {
    lost(true);
  }
  setTimeout(renew, every);
}

setInterval(tick, 1000);
tick();
setTimeout(renew, Number(wall().dataset.renew) * 1000);
