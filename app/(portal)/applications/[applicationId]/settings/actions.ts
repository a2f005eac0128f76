'use server'

import { changeProfile } from '@/lib/applications/change-profile'
import { changeScopes } from '@/lib/applications/change-scopes'
import { ChangeProfileInput, ChangeScopesInput, UpdateApplicationInput } from '@/lib/applications/schema'
import { updateApplication } from '@/lib/applications/update-application'
import { formAction } from '@/lib/http/form-action'

export const updateApplicationAction = formAction(UpdateApplicationInput, updateApplication, { area: 'portal' })

export const changeProfileAction = formAction(ChangeProfileInput, changeProfile, { area: 'portal' })

export const changeScopesAction = formAction(ChangeScopesInput, changeScopes, { area: 'portal' })
