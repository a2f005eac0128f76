'use client'

import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, type ButtonStyle } from './button'
import { copyText } from './copy-text'
import { VisuallyHidden } from './visually-hidden'

export type CopyButtonProps = {
  value: string
  /** Visible word. */
  label?: string
  /** What is copied, for those who hear the button alone: "Copy application key". */
  subject?: string
  copiedLabel?: string
  failedLabel?: string
  /** Icon alone; the label stays its accessible name. */
  iconOnly?: boolean
  variant?: ButtonStyle['variant']
  size?: ButtonStyle['size']
}

const SHOWN_MS = 2500

export function CopyButton({
  value,
  label = 'Copy',
  subject,
  copiedLabel = 'Copied',
  failedLabel = 'Could not copy. Select the text and copy it yourself.',
  iconOnly,
  variant = 'secondary',
  size = 'sm',
}: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'failed'>('none')

  useEffect(() => {
    if (outcome === 'none') return
    const timer = setTimeout(() => setOutcome('none'), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [outcome])

  async function copy() {
    setOutcome((await copyText(value)) ? 'copied' : 'failed')
  }

  const Icon = outcome === 'copied' ? Check : Copy
  return (
    <>
      <Button
        variant={variant}
        size={size}
        onClick={copy}
        aria-label={subject ? `${label} ${subject}` : iconOnly ? label : undefined}
        title={outcome === 'failed' ? failedLabel : undefined}
      >
        <Icon aria-hidden />
        {iconOnly ? null : outcome === 'copied' ? copiedLabel : label}
      </Button>
      <VisuallyHidden role="status">
        {outcome === 'copied' ? copiedLabel : outcome === 'failed' ? failedLabel : ''}
      </VisuallyHidden>
    </>
  )
}
