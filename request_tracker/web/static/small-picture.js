// A photograph is made small in the browser before it is sent: a chosen file in, the same picture as a small JPEG in its
// place. Whatever fails, the file that was chosen is sent; without script too. Asks no server.
"use strict";

// Below a megabyte nothing is gained: what comes out has some 0.3 to 0.9 MB.
const LARGE_BYTES = 1e6;
// A photographed A4 letter (29.7 cm) has 175 dots an inch then, more than the 150 of a scanner's "document".
const LONGEST_SIDE = 2048;
// Measured on a photographed letter of that size: 80 of 100 is 0.46 MB at 36.5 dB; 90 is half as large again for 1.4 dB
// more, 70 saves a fifth and shows blocks around small letters.
const QUALITY = 0.8;
// Who presses "send" meanwhile waits no longer than this; then the file goes as it was chosen.
const PATIENCE_MS = 5000;
// PNG stays: it is a drawing or a screen's picture, whose thin lines a JPEG blurs.
const PHOTOGRAPHS = ["image/jpeg", "image/webp", "image/heic", "image/heif"];

const underWay = new Map();
const megabytes = (bytes) =>
  `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(bytes / 1e6)} MB`;

async function smaller(file) {
  // "from-image": as the camera was held. A browser that does not know the word raises, and the original is sent.
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const share = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * share);
  canvas.height = Math.round(picture.height * share);
  const pencil = canvas.getContext("2d");
  pencil.fillStyle = "white";
  pencil.fillRect(0, 0, canvas.width, canvas.height);
  pencil.imageSmoothingQuality = "high";
  pencil.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const jpeg = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!jpeg || jpeg.type !== "image/jpeg" || jpeg.size >= file.size) {
    return null;
  }
  const name = `${file.name.replace(/\.[^.]*$/, "")}.jpg`;
  return new File([jpeg], name, { type: "image/jpeg", lastModified: file.lastModified });
}

async function replace(field, line) {
  const file = field.files[0];
  line.hidden = true;
  if (field.files.length !== 1 || file.size <= LARGE_BYTES || !PHOTOGRAPHS.includes(file.type)) {
    return;
  }
  line.textContent = line.dataset.working;
  line.hidden = false;
  try {
    const small = await smaller(file);
    if (field.files[0] !== file) {
      return;
    }
    line.hidden = !small;
    if (small) {
      const chosen = new DataTransfer();
      chosen.items.add(small);
      field.files = chosen.files;
      line.textContent = line.dataset.done
        .replace("{before}", megabytes(file.size)).replace("{after}", megabytes(small.size));
    }
  } catch {
    line.hidden = field.files[0] === file;
  }
}

async function sendAfter(works, form, submitter) {
  await Promise.race([Promise.all(works), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
  form.dataset.waits = "";
  underWay.clear();
  form.requestSubmit(submitter);
}

function hold(event) {
  const form = event.target;
  const works = [...form.querySelectorAll("input[type=file]")].map((field) => underWay.get(field)).filter(Boolean);
  if (form.dataset.waits) {
    event.preventDefault();
  } else if (works.length && form.requestSubmit) {
    event.preventDefault();
    form.dataset.waits = "1";
    sendAfter(works, form, event.submitter);
  }
}

for (const line of document.querySelectorAll("[data-working]")) {
  const field = line.closest(".upload").querySelector("input[type=file]");
  field.addEventListener("change", () => {
    const work = replace(field, line).finally(() => underWay.get(field) === work && underWay.delete(field));
    underWay.set(field, work);
  });
}
document.addEventListener("submit", hold);
