// Distances and areas on the sphere, and how people read positions.

const EARTH_KM = 6371.0088;
const rad = (degrees) => (degrees * Math.PI) / 180;

export function kilometres([lon1, lat1], [lon2, lat2]) {
  const a = Math.sin(rad(lat2 - lat1) / 2) ** 2 + Math.cos(rad(lat1)) * Math.cos(rad(lat2)) * Math.sin(rad(lon2 - lon1) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(a));
}

export const lengthOf = (line) => line.slice(1).reduce((sum, point, i) => sum + kilometres(line[i], point), 0);

export const showLength = (km) => (km < 1 ? `${Math.round(km * 1000)} m` : `${km.toFixed(km < 10 ? 2 : 1)} km`);

export const showPosition = ({ lng, lat }) => `${lng.toFixed(5)}°E  ${lat.toFixed(5)}°N`;
