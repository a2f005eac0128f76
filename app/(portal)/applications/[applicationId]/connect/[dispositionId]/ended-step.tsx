import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import type { PolledDisposition } from '@/lib/dispositions/polled-disposition'
import type { EndReason } from '@/lib/dispositions/schema'

type Words = { meaning: 'danger' | 'warning' | 'info'; title: string; text: string }

const WORDS: Record<Exclude<EndReason, 'accepted'>, Words> = {
  refused: {
    meaning: 'danger',
    title: 'Refused',
    text: 'The request was refused on the device. Nothing has been granted. Start again if that was a slip.',
  },
  'wrong-numbers': {
    meaning: 'danger',
    title: 'Refused after three wrong numbers',
    text: 'Nothing has been granted. Start again, and enter the number that this page shows. If it was not you who typed, keep the code away from other eyes.',
  },
  phishing: {
    meaning: 'danger',
    title: 'Reported and refused',
    text: 'The request was reported as phishing on the device. Nothing has been granted, and the operators have been told.',
  },
  cancelled: {
    meaning: 'info',
    title: 'Cancelled',
    text: 'You cancelled this. Nothing has been granted, and the code no longer opens anything.',
  },
  expired: {
    meaning: 'warning',
    title: 'Expired',
    text: 'There are five minutes to open the code and five more to decide. Nothing has been granted. Start again with a new code.',
  },
}

export function EndedStep({ polled, connectHref }: { polled: PolledDisposition; connectHref: string }) {
  const { meaning, title, text } =
    WORDS[polled.reason === null || polled.reason === 'accepted' ? 'expired' : polled.reason]
  return (
    <Notice meaning={meaning} title={title} action={<LinkButton href={connectHref}>Start again</LinkButton>}>
      {text}
    </Notice>
  )
}
