/** What the shop sells. Prices are in cents. */
export const products = [
  { id: "palisade", name: "Palisade, 2 m", price: 4900, text: "Oak stakes, pointed, with crossbars. Stands in an afternoon." },
  { id: "ravelin", name: "Ravelin kit", price: 219000, text: "A triangular outwork, ready to stand before your main gate." },
  { id: "caltrops", name: "Caltrops, bag of 100", price: 1900, text: "Land on three points, wait with the fourth. Gloves included." },
  { id: "portcullis", name: "Portcullis, small", price: 129900, text: "Iron-shod, runs in a stone groove. Windlass sold apart." },
  { id: "lantern", name: "Watch lantern", price: 3500, text: "Seen for two miles in clear air. Burns a night on one filling." },
  { id: "horn", name: "Signal horn", price: 2700, text: "Three notes: friend, foe, unsure." },
];
