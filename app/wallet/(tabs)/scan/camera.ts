export type CameraProblem = 'denied' | 'missing' | 'busy' | 'failed'

/** What stands between us and the picture, by the names of Media Capture and Streams, §10.2. */
export function problemOf(error: unknown): CameraProblem {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing'
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy'
  return 'failed'
}

/** The camera that looks away from the person, where there are two. */
export async function openCamera(): Promise<MediaStream> {
  // Not there outside a secure context.
  if (!navigator.mediaDevices?.getUserMedia)
    throw Object.assign(new Error('no camera interface'), { name: 'NotFoundError' })
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
  })
}

const RELOADED_KEY = 'countersign.scan-reloaded'

/**
 * Camera and WebAssembly are granted by the headers of this page's own document. Whoever came by a link inside the
 * application still has another page's document: one reload brings the right one. True when that is under way.
 */
export function reloadForHeaders(): boolean {
  if (allowsCamera() && allowsWebAssembly()) {
    sessionStorage.removeItem(RELOADED_KEY)
    return false
  }
  if (sessionStorage.getItem(RELOADED_KEY)) return false // the right document, and yet: what is asked for next says why
  sessionStorage.setItem(RELOADED_KEY, '1')
  location.reload()
  return true
}

// Only Chromium tells; where nobody does, the other check stands for both, since the same document is granted both.
type PolicyOfDocument = { featurePolicy?: { allowsFeature(name: string): boolean } }

function allowsCamera(): boolean {
  return (document as PolicyOfDocument).featurePolicy?.allowsFeature('camera') ?? true
}

// Smallest module there is: magic number and version.
const EMPTY_MODULE = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])

function allowsWebAssembly(): boolean {
  try {
    return new WebAssembly.Module(EMPTY_MODULE) instanceof WebAssembly.Module
  } catch {
    return false // refused by the content security policy
  }
}

export function closeCamera(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

type Torch = { torch?: boolean }

export function hasTorch(stream: MediaStream): boolean {
  const track = stream.getVideoTracks()[0]
  return (track?.getCapabilities?.() as Torch | undefined)?.torch === true
}

export async function setTorch(stream: MediaStream, on: boolean): Promise<void> {
  await stream.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] })
}
