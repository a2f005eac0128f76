'use client'

import { useActionState, useState } from 'react'
import { ChainReportView } from '@/components/certificates/chain-report'
import { Button } from '@/components/ui/button'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import type { Environment } from '@/lib/core/secrets'
import { IDLE } from '@/lib/http/form-state'
import { checkSubmissionAction } from '../actions'
import { ChainForm } from './chain-form'
import { PlanForm } from './plan-form'

export type SubmitStepsProps = {
  applicationId: string
  environment: Environment
  /** Address of the application's certificates. */
  base: string
  /** Chains that count, or will. */
  others: number
  /** Whether this chain would make mutual TLS the only way. */
  closesOneWay: boolean
}

/** Text, report, plan: each step is on the page with the one before, so that a mistake is mended where it was made. */
export function SubmitSteps({ applicationId, environment, base, others, closesOneWay }: SubmitStepsProps) {
  const [state, check] = useActionState(checkSubmissionAction, IDLE)
  const [text, setText] = useState<string>()
  const fields = { applicationId, environment }
  const checked = state.status === 'done' ? state.result : null
  return (
    <div className="flex flex-col gap-8">
      <ChainForm action={check} state={state} fields={fields} given={text} />
      {checked ? (
        <section aria-label="Report" role="status" className="flex flex-col gap-4">
          <ChainReportView report={checked.report} at={checked.at} />
          {checked.report.reordered ? (
            <Notice
              title="The order is all that is wrong"
              action={
                <Button variant="secondary" onClick={() => setText(checked.report.reordered ?? undefined)}>
                  Reorder for me
                </Button>
              }
            >
              We can put the same certificates in the right order. You see the text before you check it again.
            </Notice>
          ) : null}
        </section>
      ) : null}
      {checked?.chain && checked.report.verdict !== 'reject' ? (
        <PlanForm
          key={checked.chain}
          fields={{ ...fields, chain: checked.chain }}
          at={checked.at}
          review={checked.report.verdict === 'review'}
          base={base}
          others={others}
          closesOneWay={closesOneWay}
        />
      ) : null}
      {checked ? null : (
        <div>
          <LinkButton href={base} variant="ghost">
            Back to the certificates
          </LinkButton>
        </div>
      )}
    </div>
  )
}
