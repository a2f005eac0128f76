import { LinkButton } from '@/components/ui/link-button'
import { EntryPage } from './entry-page'

type EntryMessageProps = { title: string; purpose: string; href: string; label: string }

/** A page at the end of a mailed link: what came of it, and the one way on. */
export function EntryMessage({ title, purpose, href, label }: EntryMessageProps) {
  return (
    <EntryPage title={title} purpose={purpose}>
      <LinkButton href={href} className="self-start">
        {label}
      </LinkButton>
    </EntryPage>
  )
}
