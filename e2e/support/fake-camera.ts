import { open } from 'node:fs/promises'
import sharp from 'sharp'

const WIDTH = 640
const HEIGHT = 480
const FRAMES = 5

/**
 * Writes a picture as a short film that Chromium's fake capture device plays in a loop
 * (`--use-file-for-fake-video-capture`): the picture as a phone's camera would see it, a little small, on a grey desk.
 * Format: YUV4MPEG2, planar 4:2:0.
 */
export async function writeCameraFilm(picture: Buffer, file: string): Promise<void> {
  const { data } = await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#8a8a86' } })
    .composite([{ input: await sharp(picture).resize(400, 400, { fit: 'inside' }).png().toBuffer() }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const frame = toPlanes(data)
  const film = await open(file, 'w')
  await film.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\n`)
  for (let i = 0; i < FRAMES; i++) {
    await film.write('FRAME\n')
    await film.write(frame)
  }
  await film.close()
}

/** Arguments with which Chromium shows that film to every page that asks for the camera, and lets it. */
export function cameraArguments(file: string): string[] {
  return [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${file}`,
  ]
}

// ITU-R BT.601: one brightness per pixel, two colour values for each square of four.
function toPlanes(rgb: Buffer): Buffer {
  const pixels = WIDTH * HEIGHT
  const planes = Buffer.alloc((pixels * 3) / 2)
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const at = (y * WIDTH + x) * 3
      const [r, g, b] = [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0]
      planes[y * WIDTH + x] = 16 + (65.7 * r + 129.1 * g + 25.1 * b) / 256
      if (x % 2 || y % 2) continue
      const square = (y / 2) * (WIDTH / 2) + x / 2
      planes[pixels + square] = 128 + (-37.9 * r - 74.5 * g + 112.4 * b) / 256
      planes[pixels + pixels / 4 + square] = 128 + (112.4 * r - 94.2 * g - 18.3 * b) / 256
    }
  }
  return planes
}
