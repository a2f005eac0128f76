import type { DetectedBarcode } from 'barcode-detector/ponyfill'

export type QrReader = { read(source: HTMLVideoElement): Promise<string | null> }

type Detector = { detect(source: HTMLVideoElement): Promise<Pick<DetectedBarcode, 'rawValue'>[]> }
type DetectorClass = {
  new (options: { formats: ['qr_code'] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}

/**
 * The browser's own reader where it knows QR codes; else ZXing, loaded only then, its WebAssembly served by ourselves
 * (scripts/copy-wasm.mjs) because the content security policy allows no other host.
 */
export async function createQrReader(): Promise<QrReader> {
  const Native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  const formats = (await Native?.getSupportedFormats().catch(() => [])) ?? []
  const detector: Detector =
    Native && formats.includes('qr_code') ? new Native({ formats: ['qr_code'] }) : await loadDetector()
  return {
    async read(source) {
      const [found] = await detector.detect(source)
      return found?.rawValue ?? null
    },
  }
}

async function loadDetector(): Promise<Detector> {
  const { BarcodeDetector, prepareZXingModule } = await import('barcode-detector/ponyfill')
  await prepareZXingModule({
    overrides: { locateFile: (name: string) => `/wallet/${name}` },
    fireImmediately: true,
  })
  return new BarcodeDetector({ formats: ['qr_code'] })
}
