// A signature drawn with a finger, a pen or a mouse: strokes of points in a box of 600 by 240, sent as JSON; and the place
// where it was given, if the person allows it.

const BOX = { width: 600, height: 240 };
//: Points of one signature at most; the server keeps no more.
const MOST_POINTS = 6000;

function pad(box) {
  const canvas = box.querySelector("canvas");
  const field = document.getElementById(box.dataset.signature);
  const pen = canvas.getContext("2d");
  let strokes = [];
  let points = 0;

  const at = (event) => {
    const frame = canvas.getBoundingClientRect();
    const scaled = (value, size, most) => Math.min(most, Math.max(0, Math.round((value / size) * most)));
    return [scaled(event.clientX - frame.left, frame.width, BOX.width), scaled(event.clientY - frame.top, frame.height, BOX.height)];
  };
  const draw = () => {
    pen.clearRect(0, 0, BOX.width, BOX.height);
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    // Ink on paper, in the dark theme too: the box stays white.
    pen.strokeStyle = "#000";
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.stroke();
    }
    field.value = strokes.length ? JSON.stringify(strokes) : "";
  };
  const add = (event) => {
    if (points >= MOST_POINTS) return;
    strokes.at(-1).push(at(event));
    points += 1;
  };

  try {
    strokes = JSON.parse(field.value || "[]");
  } catch {
    strokes = [];
  }
  draw();
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    strokes.push([]);
    add(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) add(one);
    draw();
  });
  canvas.addEventListener("pointerup", draw);
  box.querySelector("button").addEventListener("click", () => {
    strokes = [];
    points = 0;
    draw();
  });
}

function place(line) {
  const form = line.closest("form");
  line.querySelector("[data-place-ask]").addEventListener("click", () =>
    navigator.geolocation?.getCurrentPosition(({ coords }) => {
      form.elements.lon.value = coords.longitude.toFixed(6);
      form.elements.lat.value = coords.latitude.toFixed(6);
      line.textContent = `${coords.longitude.toFixed(5)}, ${coords.latitude.toFixed(5)}`;
    }),
  );
}

document.querySelectorAll("[data-signature]").forEach(pad);
document.querySelectorAll("[data-place]").forEach(place);
