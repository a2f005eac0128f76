import { AppWindow } from 'lucide-react'
import { mergeClasses } from '@/components/ui/merge-classes'

const SIZES = { sm: 'size-8', md: 'size-12' }

/** Decoration beside the name, so without words of its own. */
export function ApplicationLogo({
  applicationId,
  hasLogo,
  size,
}: {
  applicationId: string
  hasLogo: boolean
  size: keyof typeof SIZES
}) {
  const frame = mergeClasses('shrink-0 rounded-md border border-line bg-white', SIZES[size])
  if (!hasLogo) {
    return (
      <span className={mergeClasses(frame, 'flex items-center justify-center bg-sunken text-muted')}>
        <AppWindow aria-hidden className="size-1/2" />
      </span>
    )
  }
  return (
    // biome-ignore lint/performance/noImgElement: 256 × 256 already, and behind a session
    <img src={`/applications/${applicationId}/logo`} alt="" width={48} height={48} className={frame} />
  )
}
