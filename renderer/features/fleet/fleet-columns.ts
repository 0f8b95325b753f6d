// Which columns there is room for: the narrower the table, the fewer. Pure.

/** Least width of the table, in pixels, at which a column is shown. */
const from: Readonly<Record<string, number>> = {
  battery: 420,
  links: 480,
  kind: 570,
  participation: 680,
  thermal: 775,
  profile: 865,
  model: 990,
  android: 1090,
  abi: 1175,
  agent: 1260,
};

export const columnsAt = (width: number): Record<string, boolean> =>
  Object.fromEntries(Object.entries(from).map(([field, least]) => [field, width >= least]));
