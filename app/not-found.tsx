import { SearchX } from 'lucide-react'
import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { MessagePage } from '@/components/shell/message-page'
import { LinkButton } from '@/components/ui/link-button'

export const metadata: Metadata = { title: 'Page not found' }

// The same words whether the thing is missing or belongs to somebody else.
export default async function NotFound() {
  return (
    <MessagePage
      lang="en"
      icon={<SearchX aria-hidden />}
      title="Page not found"
      requestId={(await headers()).get('x-request-id') ?? undefined}
      action={
        <LinkButton href="/" variant="secondary">
          Go to the start page
        </LinkButton>
      }
    >
      <p>
        There is nothing at this address, or nothing that you may see. Check the address, or sign in as somebody else.
      </p>
    </MessagePage>
  )
}
