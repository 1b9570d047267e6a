function canvasOf(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const surface = canvas.getContext('2d');
  if (!surface) throw new Error('This browser cannot draw.');
  return [canvas, surface];
}

export async function loadPicture(address: string): Promise<HTMLImageElement> {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  return picture;
}

/** What is opaque in white, on black, as the server wants a mask: a PNG as a data URL. */
export function toMaskPicture(painted: HTMLCanvasElement): string {
  const { width, height } = painted;
  const [white, whitened] = canvasOf(width, height);
  whitened.drawImage(painted, 0, 0);
  whitened.globalCompositeOperation = 'source-in';
  whitened.fillStyle = '#fff';
  whitened.fillRect(0, 0, width, height);
  const [whole, surface] = canvasOf(width, height);
  surface.fillStyle = '#000';
  surface.fillRect(0, 0, width, height);
  surface.drawImage(white, 0, 0);
  return whole.toDataURL('image/png');
}

/** A mask in white on black as something opaque in this colour. */
export function toPainted(mask: HTMLImageElement, color: string): HTMLCanvasElement {
  const [canvas, surface] = canvasOf(mask.naturalWidth, mask.naturalHeight);
  surface.drawImage(mask, 0, 0);
  const pixels = surface.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < pixels.data.length; at += 4) pixels.data[at + 3] = pixels.data[at] ?? 0;
  surface.putImageData(pixels, 0, 0);
  surface.globalCompositeOperation = 'source-in';
  surface.fillStyle = color;
  surface.fillRect(0, 0, canvas.width, canvas.height);
  return canvas;
}
