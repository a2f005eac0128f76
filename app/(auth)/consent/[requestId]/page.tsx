import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { EnvironmentBar } from '@/components/ui/environment'
import { getPublicApplication } from '@/lib/applications/get-public-application'
import { listGivenBefore } from '@/lib/consents/list-given-before'
import { listCustomers } from '@/lib/customers/list-customers'
import { listOwnedAccounts } from '@/lib/customers/list-owned-accounts'
import {
  claimRequest,
  findVisitedRequest,
  type Visit,
  type VisitedRequest,
} from '@/lib/oauth/authorization/visit-request'
import { pageContext } from '@/lib/session/page-context'
import { Answer } from './answer'
import { askedItems } from './asked-items'
import { Asker } from './asker'
import { customerOptions } from './customer-options'
import { GivenBefore } from './given-before'
import { readChoices } from './kept-choices'
import { loadVisit } from './load-visit'
import { AnotherPerson, Over } from './over'
import { SignedInAs } from './signed-in-as'
import { Unable } from './unable'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('AuthWeb'))('title'), referrer: 'same-origin' }
}

/** Where `GET /oauth2/authorize` leads. One `Answer` stands here in every state, and keeps what the form was answered. */
export default async function ConsentRequestPage({ params }: { params: Promise<{ requestId: string }> }) {
  const { visit, request } = await loadVisit((await params).requestId)
  const t = await getTranslations('AuthWeb')
  const shown =
    request.status === 'open'
      ? await ask(visit, request)
      : { header: null, decision: null, over: <Over request={request} /> }
  return (
    <>
      <EnvironmentBar environment={request.environment} label={t('sandbox')} description={t('sandboxDescription')} />
      <Answer {...shown} />
    </>
  )
}

async function ask(visit: Visit, request: VisitedRequest) {
  const { ctx, session } = await pageContext('consent')
  const { person } = session
  if (!(await claimRequest(ctx, visit))) {
    const seen = (await findVisitedRequest(ctx, visit)) ?? request // over at this moment, or answered in another tab
    const over = seen.status === 'open' ? <AnotherPerson request={seen} person={person} /> : <Over request={seen} />
    return { header: null, decision: null, over }
  }
  const [application, customers, accounts, givenBefore] = await Promise.all([
    getPublicApplication(ctx, { applicationId: request.applicationId }),
    listCustomers(ctx),
    listOwnedAccounts(ctx, { environment: request.environment }),
    listGivenBefore(ctx, request),
  ])
  const options = customerOptions(customers, accounts)
  const isSandbox = request.environment === 'sandbox'
  return {
    header: (
      <>
        <Asker application={application} request={request} />
        <SignedInAs requestId={request.id} person={person} />
        <GivenBefore customerNames={givenBefore} />
        <Unable customers={options} isSandbox={isSandbox} />
      </>
    ),
    decision: {
      requestId: request.id,
      customers: options,
      items: await askedItems(request, options, ctx.now),
      isSandbox,
      callbackHost: request.callbackHost,
      canAllow: options.some(({ barrier }) => barrier === null),
      kept: await readChoices(request.id, person.id),
    },
    over: null,
  }
}
