// A QR code out of the camera or out of a picture: the browser's detector where it has one, else the library.

export async function detector(fallback) {
  const isNative = "BarcodeDetector" in self && (await self.BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code");
  const Detector = isNative ? self.BarcodeDetector : (await import(fallback)).BarcodeDetector;
  const found = new Detector({ formats: ["qr_code"] });
  return async (source) => (await found.detect(source))[0]?.rawValue ?? "";
}

/** Show the camera in `video` and answer the first code; `stop()` of the signal ends it with "". */
export async function fromCamera(video, detect, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const text = await detect(video).catch(() => "");
      if (text) return text;
      await new Promise((next) => setTimeout(next, 120));
    }
    return "";
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }
}

/** The code in a picture; large pictures are tried smaller, too, which finds codes that are out of focus. */
export async function fromPicture(file, detect) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  for (const longest of [1600, 900, 2600]) {
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(picture, 0, 0, canvas.width, canvas.height);
    const text = await detect(canvas).catch(() => "");
    if (text) return text;
  }
  return "";
}
