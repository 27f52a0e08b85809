// Icons for the map, drawn from the same Tabler icons as the pages, and the layers of records that use them.

const SIZE = 26;

/** A round badge in `colour` with the icon `name`, added to the map as image `id`. */
export async function addBadge(map, id, icons, name, colour, { size = SIZE, ring = "#ffffff" } = {}) {
  if (map.hasImage(id)) return;
  const answer = await fetch(`${icons}${name}.svg`);
  const ratio = 2;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.beginPath();
  pen.arc(size / 2, size / 2, size / 2 - 1.5, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
  pen.lineWidth = 1.8;
  pen.strokeStyle = ring;
  pen.stroke();
  if (answer.ok) {
    const svg = (await answer.text()).replace("currentColor", "#ffffff").replace(/width="24"/, 'width="48"').replace(/height="24"/, 'height="48"');
    const picture = new Image();
    picture.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    await picture.decode().catch(() => {});
    const inner = size * 0.6;
    pen.drawImage(picture, (size - inner) / 2, (size - inner) / 2, inner, inner);
  }
  if (!map.hasImage(id)) map.addImage(id, pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: ratio });
}

export const LEVEL_COLOURS = { red: "#d4232b", orange: "#ff8a1f", yellow: "#f2c300", blue: "#1f6feb" };
export const levelColour = ["match", ["get", "level"], ...Object.entries(LEVEL_COLOURS).flat(), "rgba(0,0,0,0)"];

/** Show the records of a ledger, whose badge is there already: clustered far out, badges near, a ring in the colour of the level; lines as lines. */
export function addRecordLayer(map, layer, { visible = true, theme = "light" } = {}) {
  const id = `layer-${layer.name}`;
  const visibility = visible ? "visible" : "none";
  if (layer.isLine) {
    map.addSource(id, { type: "geojson", data: layer.url });
    map.addLayer({ id, type: "line", source: id, layout: { visibility, "line-cap": "round", "line-join": "round" }, paint: { "line-color": layer.colour, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1.5, 14, 4] } });
    return [id];
  }
  map.addSource(id, { type: "geojson", data: layer.url, cluster: true, clusterRadius: 38, clusterMaxZoom: 11 });
  map.addLayer({
    id: `${id}-cluster`, type: "circle", source: id, filter: ["has", "point_count"], layout: { visibility },
    paint: { "circle-color": layer.colour, "circle-opacity": 0.88, "circle-stroke-color": theme === "dark" ? "#dbe8f8" : "#ffffff", "circle-stroke-width": 1.5, "circle-radius": ["interpolate", ["linear"], ["ln", ["get", "point_count"]], 0.7, 11, 7, 24] },
  });
  map.addLayer({
    id: `${id}-count`, type: "symbol", source: id, filter: ["has", "point_count"],
    layout: { visibility, "text-field": ["get", "point_count_abbreviated"], "text-font": ["sans"], "text-size": 11, "text-allow-overlap": true },
    paint: { "text-color": "#ffffff" },
  });
  map.addLayer({
    id: `${id}-ring`, type: "circle", source: id, filter: ["all", ["!", ["has", "point_count"]], ["has", "level"]], layout: { visibility },
    paint: { "circle-radius": 15, "circle-color": levelColour, "circle-opacity": 0.85 },
  });
  map.addLayer({
    id, type: "symbol", source: id, filter: ["!", ["has", "point_count"]],
    layout: {
      visibility, "icon-image": id, "icon-allow-overlap": true, "text-field": ["step", ["zoom"], "", 11, ["get", "title"]], "text-font": ["sans"],
      "text-size": 11, "text-anchor": "top", "text-offset": [0, 1.3], "text-optional": true, "text-max-width": 9,
    },
    // What is not there just now is drawn paler.
    paint: { "icon-opacity": ["match", ["get", "status"], ["offline", "removed"], 0.45, 1], "text-color": map.palette.label, "text-halo-color": map.palette.halo, "text-halo-width": 1.4 },
  });
  return [`${id}-cluster`, `${id}-count`, `${id}-ring`, id];
}
