'use server'

import {
  CalendarInput,
  ChangeMtlsInput,
  CheckSubmissionInput,
  MakeSandboxCertificateInput,
  RevokeChainInput,
  ScheduleChainInput,
  SubmitChainInput,
} from '@/lib/certificates/chain-schema'
import { changeMtls } from '@/lib/certificates/change-mtls'
import { checkSubmission } from '@/lib/certificates/check-submission'
import { makeSandboxCertificate } from '@/lib/certificates/make-sandbox-certificate'
import { renewCalendar } from '@/lib/certificates/renew-calendar'
import { revokeChain } from '@/lib/certificates/revoke-chain'
import { scheduleChain } from '@/lib/certificates/schedule-chain'
import { submitChain } from '@/lib/certificates/submit-chain'
import { formAction } from '@/lib/http/form-action'

const area = 'portal'

export const checkSubmissionAction = formAction(CheckSubmissionInput, checkSubmission, { area })

export const submitChainAction = formAction(SubmitChainInput, submitChain, { area })

export const scheduleChainAction = formAction(ScheduleChainInput, scheduleChain, { area })

export const revokeChainAction = formAction(RevokeChainInput, revokeChain, { area })

export const changeMtlsAction = formAction(ChangeMtlsInput, changeMtls, { area })

export const makeSandboxCertificateAction = formAction(MakeSandboxCertificateInput, makeSandboxCertificate, { area })

export const renewCalendarAction = formAction(CalendarInput, renewCalendar, { area })
