'use client'

import { type ReactNode, useActionState } from 'react'
import { type FormState, IDLE } from '@/lib/http/form-state'
import { answerAction } from './actions'
import { Column } from './column'
import { DecisionForm, type DecisionFormProps } from './decision-form'
import { GoingBack } from './going-back'

type AnswerProps = {
  header: ReactNode
  /** Null once there is nothing to decide. */
  decision: Omit<DecisionFormProps, 'state' | 'dispatch'> | null
  /** What is said instead. */
  over: ReactNode
}

/** The page of a request before, during and after its answer: whoever gave it is taken back from here, once. */
export function Answer({ header, decision, over }: AnswerProps) {
  const [state, dispatch] = useActionState(answerAction, IDLE as FormState<{ location: string } | null>)
  if (state.status === 'done' && state.result) return <GoingBack location={state.result.location} />
  return (
    <Column>
      {header}
      {decision ? <DecisionForm {...decision} state={state} dispatch={dispatch} /> : over}
    </Column>
  )
}
