// A map of the city from our own vectors, with an external base map under it when one is set. No glyph server, no CDN.

import * as maplibregl from "../../vendor/maplibre-gl/maplibre-gl.mjs";

const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif';

export const PALETTES = {
  light: {
    ground: "#e9edf2", neighbour: "#f3f5f8", neighbourLine: "#c7d0db", county: "#fdfdfb", countyLine: "#8b9bb0", cityLine: "#3f5f8a",
    water: "#9cc4ea", label: "#24364f", halo: "#ffffff", faint: "#6b7b91", township: "#8a99ad",
  },
  dark: {
    ground: "#07111f", neighbour: "#0b192c", neighbourLine: "#1b3350", county: "#0f2440", countyLine: "#2f5f97", cityLine: "#58a6ff",
    water: "#17548f", label: "#d7e6fa", halo: "#07111f", faint: "#8aa5c6", township: "#7fa0c8",
  },
};

const text = (field, size, extra = {}) => ({
  "text-field": field, "text-size": size, "text-font": ["sans"], "text-max-width": 8, ...extra,
});

function style(config, palette) {
  const sources = {
    areas: { type: "geojson", data: config.areas, attribution: "行政区划：天地图 / 自然资源部（简化）；水系：Natural Earth" },
  };
  if (config.backdrop) sources.backdrop = { type: "geojson", data: config.backdrop };
  const layers = [{ id: "ground", type: "background", paint: { "background-color": palette.ground } }];
  const external = config.xyz || config.pmtiles;
  if (config.backdrop && !external) {
    layers.push(
      { id: "neighbour", type: "fill", source: "backdrop", filter: ["==", ["get", "kind"], "neighbour"], paint: { "fill-color": palette.neighbour } },
      { id: "neighbour-line", type: "line", source: "backdrop", filter: ["==", ["get", "kind"], "neighbour"], paint: { "line-color": palette.neighbourLine, "line-width": 0.8 } },
    );
  }
  if (config.xyz) {
    sources.external = { type: "raster", tiles: [config.xyz], tileSize: 256, attribution: config.attribution };
    layers.push({ id: "external", type: "raster", source: "external" });
  }
  if (config.pmtiles) {
    sources.external = { type: config.pmtilesKind ?? "raster", url: `pmtiles://${config.pmtiles}`, attribution: config.attribution };
    layers.push(...(config.pmtilesKind === "vector" ? vectorLayers(palette) : [{ id: "external", type: "raster", source: "external" }]));
  }
  if (!external) {
    layers.push({ id: "county", type: "fill", source: "areas", filter: ["==", ["get", "level"], "county"], paint: { "fill-color": palette.county } });
  }
  if (config.backdrop && !external) {
    layers.push(
      { id: "lake", type: "fill", source: "backdrop", filter: ["==", ["get", "kind"], "lake"], paint: { "fill-color": palette.water } },
      { id: "river", type: "line", source: "backdrop", filter: ["==", ["get", "kind"], "river"], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": palette.water, "line-width": ["interpolate", ["linear"], ["zoom"], 6, 1.5, 11, 6] } },
      { id: "river-name", type: "symbol", source: "backdrop", filter: ["==", ["get", "kind"], "river"], layout: text(["get", "name"], 12, { "symbol-placement": "line", "symbol-spacing": 400 }), paint: { "text-color": palette.water, "text-halo-color": palette.halo, "text-halo-width": 1.2 } },
    );
  }
  layers.push(
    { id: "county-line", type: "line", source: "areas", filter: ["==", ["get", "level"], "county"], paint: { "line-color": palette.countyLine, "line-width": ["interpolate", ["linear"], ["zoom"], 7, 0.8, 11, 1.6] } },
    { id: "city-line", type: "line", source: "areas", filter: ["==", ["get", "level"], "city"], paint: { "line-color": palette.cityLine, "line-width": 2.2 } },
    { id: "township", type: "circle", source: "areas", minzoom: 9, filter: ["==", ["get", "level"], "township"], paint: { "circle-radius": 2.2, "circle-color": palette.township } },
    { id: "township-name", type: "symbol", source: "areas", minzoom: 9.6, filter: ["==", ["get", "level"], "township"], layout: text(["get", "name"], 11, { "text-anchor": "top", "text-offset": [0, 0.35], "text-padding": 4 }), paint: { "text-color": palette.faint, "text-halo-color": palette.halo, "text-halo-width": 1.2 } },
  );
  if (config.backdrop && !external) {
    layers.push({ id: "neighbour-name", type: "symbol", source: "backdrop", minzoom: 8, filter: ["==", ["get", "kind"], "neighbour"], layout: text(["get", "name"], 11), paint: { "text-color": palette.faint, "text-halo-color": palette.halo, "text-halo-width": 1 } });
  }
  return { version: 8, sources, layers };
}

// The few layers of a Protomaps vector file that help to find one's way.
function vectorLayers(palette) {
  const line = (id, sourceLayer, color, width, filter) => ({
    id, type: "line", source: "external", "source-layer": sourceLayer, ...(filter && { filter }), paint: { "line-color": color, "line-width": width },
  });
  return [
    { id: "earth", type: "fill", source: "external", "source-layer": "earth", paint: { "fill-color": palette.county } },
    { id: "external-water", type: "fill", source: "external", "source-layer": "water", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": palette.water } },
    line("roads", "roads", palette.neighbourLine, ["interpolate", ["linear"], ["zoom"], 8, 0.5, 14, 2.5]),
  ];
}

function countyNames(map, palette) {
  // Labels at the seats, not at the centres of the outlines, so that each name stands where its town is.
  map.addLayer({
    id: "county-name", type: "symbol", source: "county-labels", layout: text(["get", "name"], ["interpolate", ["linear"], ["zoom"], 7, 12, 11, 17], { "text-letter-spacing": 0.08, "text-padding": 2 }),
    paint: { "text-color": palette.label, "text-halo-color": palette.halo, "text-halo-width": 1.6 },
  });
}

async function withTiles(config) {
  if (!config.pmtiles) return config;
  const protocol = new window.pmtiles.Protocol();
  maplibregl.addProtocol("pmtiles", protocol.tile);
  const file = new window.pmtiles.PMTiles(config.pmtiles);
  protocol.add(file);
  const { tileType } = await file.getHeader();
  return { ...config, pmtilesKind: tileType === 1 ? "vector" : "raster" };
}

/** A map in `container`; resolves when it can take layers. `theme` is "light" or "dark". */
export async function createMap(container, config, { theme = "light", interactive = true, padding = 24 } = {}) {
  const [withSource, areas] = await Promise.all([withTiles(config), fetch(config.areas).then((answer) => answer.json())]);
  config = { ...withSource, areas };
  const palette = PALETTES[theme];
  const { bounds, centre } = config;
  const map = new maplibregl.Map({
    container,
    style: style(config, palette),
    ...(bounds ? { bounds: [bounds.slice(0, 2), bounds.slice(2)], fitBoundsOptions: { padding } } : { center: centre, zoom: bounds === null ? 9 : 5 }),
    localIdeographFontFamily: FONT,
    attributionControl: { compact: true },
    canvasContextAttributes: { preserveDrawingBuffer: true },
    fadeDuration: 0,
    dragRotate: false,
    pitchWithRotate: false,
    interactive,
    maxZoom: 18,
  });
  map.touchZoomRotate.disableRotation();
  if (interactive) {
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "bottom-right");
    map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-left");
  }
  map.palette = palette;
  await new Promise((done) => map.once("style.load", done));
  const labels = areas.features
    .filter(({ properties }) => properties.level === "county")
    .map(({ properties }) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: properties.label } }));
  map.addSource("county-labels", { type: "geojson", data: { type: "FeatureCollection", features: labels } });
  countyNames(map, palette);
  map.areas = areas;
  return map;
}

export { maplibregl };
