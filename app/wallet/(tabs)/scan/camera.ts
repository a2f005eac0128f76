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
