'use client'

import { RotateCw } from 'lucide-react'
import { Component, type ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'

type Props = { children: ReactNode }

/**
 * Around forms whose act may have happened although its answer never came: the connection broke, or the server did. The page
 * that is then loaded tells what is so, and offers the next step.
 */
export class LostAnswer extends Component<Props, { isLost: boolean }> {
  override state = { isLost: false }

  static getDerivedStateFromError(error: unknown) {
    // Redirects and missing pages travel as errors too: they are Next's.
    if (error instanceof Error && 'digest' in error && String(error.digest).startsWith('NEXT_')) throw error
    return { isLost: true }
  }

  override render() {
    if (!this.state.isLost) return this.props.children
    return (
      <Notice
        meaning="warning"
        role="alert"
        title="We did not get the answer"
        action={
          <Button variant="secondary" onClick={() => location.reload()}>
            <RotateCw aria-hidden />
            See what happened
          </Button>
        }
      >
        It may have been done or not. Load the page again before you try once more: it shows what is so, and a secret
        whose value did not reach you can be replaced there.
      </Notice>
    )
  }
}
