/** Sides of thumbnails that are asked for, in pixels: few, so that the server makes each once. */
const THUMBNAILS = [200, 320];
const LARGEST = 500;

/** Narrowest tile and the space between two, in CSS pixels. */
const NARROWEST = 168;
const NARROWEST_ON_PHONE = 104;
const PHONE = 600;

export const GAP = 6;

export interface TileLayout {
  columns: number;
  /** Side of a tile in CSS pixels. */
  side: number;
}

/** As many square tiles in a row as there is room for. */
export function layoutOf(width: number): TileLayout {
  const narrowest = width < PHONE ? NARROWEST_ON_PHONE : NARROWEST;
  const columns = Math.max(2, Math.floor((width + GAP) / (narrowest + GAP)));
  return { columns, side: Math.max(1, (width - GAP * (columns - 1)) / columns) };
}

/** The thumbnail that fills a tile: its shorter side must reach across. */
export function thumbnailSize(
  { width, height }: { width: number; height: number },
  side: number,
  density: number,
): number {
  const stretch = Math.max(width, height) / Math.max(1, Math.min(width, height));
  const wanted = side * density * stretch;
  return THUMBNAILS.find((size) => size >= wanted) ?? LARGEST;
}

/** Where an arrow key leads from a tile, within `total`; undefined for other keys. */
export function placeAfter(
  key: string,
  place: number,
  { columns, total, rows }: { columns: number; total: number; rows: number },
): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * rows,
    PageDown: columns * rows,
    Home: -place,
    End: total - 1 - place,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  return Math.min(total - 1, Math.max(0, place + step));
}
