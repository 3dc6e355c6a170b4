
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "address_problems": {
                  Row: {
                    "noticed_at": string,"reason": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "noticed_at": string,"reason": string,"user_id": string
                  }
                  Update: {
                    "noticed_at"?: string,"reason"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"blocked_senders": {
                  Row: {
                    "created_at": string,"sender_id": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"sender_id": string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"sender_id"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"chat_messages": {
                  Row: {
                    "body": string,"client_key": string | null,"created_at": string,"deleted_at": string | null,"edited_at": string | null,"event_id": string,"id": number,"user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "body": string,"client_key"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"edited_at"?: string | null,"event_id": string,"id"?: never,"user_id"?: string | null
                  }
                  Update: {
                    "body"?: string,"client_key"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"edited_at"?: string | null,"event_id"?: string,"id"?: never,"user_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "chat_messages_event_id_fkey"
      columns: ["event_id"]
isOneToOne: false
      referencedRelation: "events"
      referencedColumns: ["id"]
    }
                  ]
                },"emails": {
                  Row: {
                    "address": string,"back_off_steps": (number)[] | null,"content_mode": string,"created_at": string,"digest": string | null,"dispatch_id": string,"display_name": string | null,"failed_at": string | null,"id": string,"is_discarded": boolean,"kind": string,"locale": string,"more": NonNullable<Json>,"parts": NonNullable<Json>,"position": number,"provider_id": string | null,"reason": string | null,"sent_at": string | null,"status": string,"time_zone": string,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "address": string,"back_off_steps"?: (number)[] | null,"content_mode"?: string,"created_at": string,"digest"?: string | null,"dispatch_id": string,"display_name"?: string | null,"failed_at"?: never,"id": string,"is_discarded"?: never,"kind": string,"locale": string,"more": NonNullable<Json>,"parts": NonNullable<Json>,"position": number,"provider_id"?: string | null,"reason"?: string | null,"sent_at"?: string | null,"status"?: string,"time_zone": string,"updated_at": string,"user_id": string
                  }
                  Update: {
                    "address"?: string,"back_off_steps"?: (number)[] | null,"content_mode"?: string,"created_at"?: string,"digest"?: string | null,"dispatch_id"?: string,"display_name"?: string | null,"failed_at"?: never,"id"?: string,"is_discarded"?: never,"kind"?: string,"locale"?: string,"more"?: NonNullable<Json>,"parts"?: NonNullable<Json>,"position"?: number,"provider_id"?: string | null,"reason"?: string | null,"sent_at"?: string | null,"status"?: string,"time_zone"?: string,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"event_invitations": {
                  Row: {
                    "address": string,"event_id": string,"invited_at": string,"role": string,"user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "address": string,"event_id": string,"invited_at"?: string,"role"?: string,"user_id"?: string | null
                  }
                  Update: {
                    "address"?: string,"event_id"?: string,"invited_at"?: string,"role"?: string,"user_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "event_invitations_event_id_fkey"
      columns: ["event_id"]
isOneToOne: false
      referencedRelation: "events"
      referencedColumns: ["id"]
    }
                  ]
                },"event_notification_preferences": {
                  Row: {
                    "event_id": string,"level": string | null,"muted_until": string | null,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "event_id": string,"level"?: string | null,"muted_until"?: string | null,"updated_at"?: string,"user_id": string
                  }
                  Update: {
                    "event_id"?: string,"level"?: string | null,"muted_until"?: string | null,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"event_participants": {
                  Row: {
                    "event_id": string,"joined_at": string,"role": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "event_id": string,"joined_at"?: string,"role"?: string,"user_id": string
                  }
                  Update: {
                    "event_id"?: string,"joined_at"?: string,"role"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "event_participants_event_id_fkey"
      columns: ["event_id"]
isOneToOne: false
      referencedRelation: "events"
      referencedColumns: ["id"]
    }
                  ]
                },"events": {
                  Row: {
                    "batch_window_seconds": number | null,"created_at": string,"default_level": string | null,"id": string,"organization_id": string,"slows_down": boolean,"title": string
                  }
                  ComputedFields: never
                  Insert: {
                    "batch_window_seconds"?: number | null,"created_at"?: string,"default_level"?: string | null,"id"?: string,"organization_id": string,"slows_down"?: boolean,"title": string
                  }
                  Update: {
                    "batch_window_seconds"?: number | null,"created_at"?: string,"default_level"?: string | null,"id"?: string,"organization_id"?: string,"slows_down"?: boolean,"title"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "events_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"notification_consents": {
                  Row: {
                    "given_at": string,"source": string,"user_id": string,"withdrawn_at": string | null,"wording_version": string
                  }
                  ComputedFields: never
                  Insert: {
                    "given_at": string,"source": string,"user_id": string,"withdrawn_at"?: string | null,"wording_version": string
                  }
                  Update: {
                    "given_at"?: string,"source"?: string,"user_id"?: string,"withdrawn_at"?: string | null,"wording_version"?: string
                  }
                  Relationships: [
                    
                  ]
                },"notification_preferences": {
                  Row: {
                    "content_mode": string | null,"delivery": string | null,"digest_at": string,"letters_per_day": number | null,"level": string | null,"quiet_except_mentions": boolean,"quiet_from": string | null,"quiet_until": string | null,"updated_at": string,"user_id": string,"weekly_on": number
                  }
                  ComputedFields: never
                  Insert: {
                    "content_mode"?: string | null,"delivery"?: string | null,"digest_at"?: string,"letters_per_day"?: number | null,"level"?: string | null,"quiet_except_mentions"?: boolean,"quiet_from"?: string | null,"quiet_until"?: string | null,"updated_at"?: string,"user_id": string,"weekly_on"?: number
                  }
                  Update: {
                    "content_mode"?: string | null,"delivery"?: string | null,"digest_at"?: string,"letters_per_day"?: number | null,"level"?: string | null,"quiet_except_mentions"?: boolean,"quiet_from"?: string | null,"quiet_until"?: string | null,"updated_at"?: string,"user_id"?: string,"weekly_on"?: number
                  }
                  Relationships: [
                    
                  ]
                },"notifications": {
                  Row: {
                    "burst_id": number | null,"created_at": string,"email_id": string | null,"event_id": string,"id": number,"is_pending": boolean,"lane": number,"message_id": number | null,"reason": string | null,"scheduled_for": string,"status": string,"updated_at": string,"user_id": string,"waits": Json | null
                  }
                  ComputedFields: never
                  Insert: {
                    "burst_id"?: number | null,"created_at"?: string,"email_id"?: string | null,"event_id": string,"id"?: never,"is_pending"?: never,"lane": number,"message_id"?: number | null,"reason"?: string | null,"scheduled_for": string,"status"?: string,"updated_at"?: string,"user_id": string,"waits"?: Json | null
                  }
                  Update: {
                    "burst_id"?: number | null,"created_at"?: string,"email_id"?: string | null,"event_id"?: string,"id"?: never,"is_pending"?: never,"lane"?: number,"message_id"?: number | null,"reason"?: string | null,"scheduled_for"?: string,"status"?: string,"updated_at"?: string,"user_id"?: string,"waits"?: Json | null
                  }
                  Relationships: [
                    
                  ]
                },"organization_members": {
                  Row: {
                    "joined_at": string,"organization_id": string,"role": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "joined_at"?: string,"organization_id": string,"role"?: string,"user_id": string
                  }
                  Update: {
                    "joined_at"?: string,"organization_id"?: string,"role"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "organization_members_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"organizations": {
                  Row: {
                    "batch_window_seconds": number | null,"consent_required": boolean,"content_mode": string,"created_at": string,"default_delivery": string,"default_level": string,"id": string,"name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "batch_window_seconds"?: number | null,"consent_required"?: boolean,"content_mode"?: string,"created_at"?: string,"default_delivery"?: string,"default_level"?: string,"id"?: string,"name": string
                  }
                  Update: {
                    "batch_window_seconds"?: number | null,"consent_required"?: boolean,"content_mode"?: string,"created_at"?: string,"default_delivery"?: string,"default_level"?: string,"id"?: string,"name"?: string
                  }
                  Relationships: [
                    
                  ]
                },"profiles": {
                  Row: {
                    "created_at": string,"display_name": string,"handle": string,"locale": string,"time_zone": string,"updated_at": string,"user_id": string,"welcomed_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"display_name": string,"handle": string,"locale"?: string,"time_zone"?: string,"updated_at"?: string,"user_id": string,"welcomed_at"?: string | null
                  }
                  Update: {
                    "created_at"?: string,"display_name"?: string,"handle"?: string,"locale"?: string,"time_zone"?: string,"updated_at"?: string,"user_id"?: string,"welcomed_at"?: string | null
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            "alert_rules": {
                  Row: {
                    "calm": string,"closes_below": number,"enabled": boolean,"min_samples": number,"name": string,"opens_above": number,"silenced_until": string | null,"title": string,"unit": string
                  }
                  ComputedFields: never
                  Insert: {
                           "calm"?: string | null,"closes_below"?: number | null,"enabled"?: boolean | null,"min_samples"?: number | null,"name"?: string | null,"opens_above"?: number | null,"silenced_until"?: string | null,"title"?: string | null,"unit"?: string | null
                         }
                        Update: {
                           "calm"?: string | null,"closes_below"?: number | null,"enabled"?: boolean | null,"min_samples"?: number | null,"name"?: string | null,"opens_above"?: number | null,"silenced_until"?: string | null,"title"?: string | null,"unit"?: string | null
                         }
                        Relationships: [
                    
                  ]
                },"alerts": {
                  Row: {
                    "acknowledged_at": string | null,"acknowledged_by": string | null,"closed_at": string | null,"detail": NonNullable<Json>,"id": number,"name": string,"opened_at": string,"opens_above": number,"samples": number | null,"silenced_until": string | null,"title": string,"unit": string,"value": number,"worst": number
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "alerts_name_fkey"
      columns: ["name"]
isOneToOne: false
      referencedRelation: "alert_rules"
      referencedColumns: ["name"]
    }
                  ]
                },"audit_log": {
                  Row: {
                    "action": string,"actor": string | null,"at": string,"details": NonNullable<Json>,"id": number
                  }
                  ComputedFields: never
                  Insert: {
                           "action"?: string | null,"actor"?: string | null,"at"?: string | null,"details"?: Json | null,"id"?: number | null
                         }
                        Update: {
                           "action"?: string | null,"actor"?: string | null,"at"?: string | null,"details"?: Json | null,"id"?: number | null
                         }
                        Relationships: [
                    
                  ]
                },"breaker_changes": {
                  Row: {
                    "at": string,"id": number,"name": string,"reason": string | null,"state": string
                  }
                  ComputedFields: never
                  Insert: {
                           "at"?: string | null,"id"?: number | null,"name"?: string | null,"reason"?: string | null,"state"?: string | null
                         }
                        Update: {
                           "at"?: string | null,"id"?: number | null,"name"?: string | null,"reason"?: string | null,"state"?: string | null
                         }
                        Relationships: [
                    
                  ]
                },"breakers": {
                  Row: {
                    "changed_at": string,"failures": number,"name": string,"open_until": string | null,"reason": string | null,"state": string
                  }
                  ComputedFields: never
                  Insert: {
                           "changed_at"?: string | null,"failures"?: number | null,"name"?: string | null,"open_until"?: string | null,"reason"?: string | null,"state"?: string | null
                         }
                        Update: {
                           "changed_at"?: string | null,"failures"?: number | null,"name"?: string | null,"open_until"?: string | null,"reason"?: string | null,"state"?: string | null
                         }
                        Relationships: [
                    
                  ]
                },"dead_letters": {
                  Row: {
                    "attempts": number,"code": string | null,"failed_at": string | null,"first_attempt_at": string | null,"id": string,"kind": string,"known_to_provider": boolean | null,"last_error": string | null,"reason": string | null,"user_id": string
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                },"incidents": {
                  Row: {
                    "burst_id": number | null,"code": string,"event_id": string | null,"happened_at": string,"id": number,"message": string,"step": string,"user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                           "burst_id"?: number | null,"code"?: string | null,"event_id"?: string | null,"happened_at"?: string | null,"id"?: number | null,"message"?: string | null,"step"?: string | null,"user_id"?: string | null
                         }
                        Update: {
                           "burst_id"?: number | null,"code"?: string | null,"event_id"?: string | null,"happened_at"?: string | null,"id"?: number | null,"message"?: string | null,"step"?: string | null,"user_id"?: string | null
                         }
                        Relationships: [
                    
                  ]
                },"maintenance_runs": {
                  Row: {
                    "dry_run": boolean,"finished_at": string | null,"id": number,"kind": string,"problem": string | null,"report": Json | null,"started_at": string
                  }
                  ComputedFields: never
                  Insert: {
                           "dry_run"?: boolean | null,"finished_at"?: string | null,"id"?: number | null,"kind"?: string | null,"problem"?: string | null,"report"?: Json | null,"started_at"?: string | null
                         }
                        Update: {
                           "dry_run"?: boolean | null,"finished_at"?: string | null,"id"?: number | null,"kind"?: string | null,"problem"?: string | null,"report"?: Json | null,"started_at"?: string | null
                         }
                        Relationships: [
                    
                  ]
                },"notification_stats": {
                  Row: {
                    "avg_processing_time_seconds": number | null,"count": number | null,"date": string | null,"status": string
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                },"outages": {
                  Row: {
                    "from_at": string,"until_at": string
                  }
                  ComputedFields: never
                  Insert: {
                           "from_at"?: string | null,"until_at"?: string | null
                         }
                        Update: {
                           "from_at"?: string | null,"until_at"?: string | null
                         }
                        Relationships: [
                    
                  ]
                },"pauses": {
                  Row: {
                    "id": string | null,"paused_at": string,"paused_by": string | null,"scope": string
                  }
                  ComputedFields: never
                  Insert: {
                           "id"?: never,"paused_at"?: string | null,"paused_by"?: string | null,"scope"?: string | null
                         }
                        Update: {
                           "id"?: never,"paused_at"?: string | null,"paused_by"?: string | null,"scope"?: string | null
                         }
                        Relationships: [
                    
                  ]
                },"processors": {
                  Row: {
                    "beat_at": string,"id": string,"kind": string,"started_at": string,"version": string
                  }
                  ComputedFields: never
                  Insert: {
                           "beat_at"?: string | null,"id"?: string | null,"kind"?: string | null,"started_at"?: string | null,"version"?: string | null
                         }
                        Update: {
                           "beat_at"?: string | null,"id"?: string | null,"kind"?: string | null,"started_at"?: string | null,"version"?: string | null
                         }
                        Relationships: [
                    
                  ]
                },"suppressions": {
                  Row: {
                    "address": string | null,"id": string | null,"lifted_at": string | null,"reason": string,"suppressed_at": string
                  }
                  ComputedFields: never
                  Insert: {
                           "address"?: string | null,"id"?: never,"lifted_at"?: string | null,"reason"?: string | null,"suppressed_at"?: string | null
                         }
                        Update: {
                           "address"?: string | null,"id"?: never,"lifted_at"?: string | null,"reason"?: string | null,"suppressed_at"?: string | null
                         }
                        Relationships: [
                    
                  ]
                },"unconfirmed_dispatches": {
                  Row: {
                    "attempts": number,"first_attempt_at": string | null,"id": string,"last_error": string | null,"letter_count": number,"unconfirmed_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                           "attempts"?: number | null,"first_attempt_at"?: string | null,"id"?: string | null,"last_error"?: string | null,"letter_count"?: number | null,"unconfirmed_at"?: string | null
                         }
                        Update: {
                           "attempts"?: number | null,"first_attempt_at"?: string | null,"id"?: string | null,"last_error"?: string | null,"letter_count"?: number | null,"unconfirmed_at"?: string | null
                         }
                        Relationships: [
                    
                  ]
                },"webhook_events": {
                  Row: {
                    "detail": string | null,"email_id": string | null,"id": string,"occurred_at": string,"received_at": string,"result": string,"type": string
                  }
                  ComputedFields: never
                  Insert: {
                           "detail"?: string | null,"email_id"?: string | null,"id"?: string | null,"occurred_at"?: string | null,"received_at"?: string | null,"result"?: string | null,"type"?: string | null
                         }
                        Update: {
                           "detail"?: string | null,"email_id"?: string | null,"id"?: string | null,"occurred_at"?: string | null,"received_at"?: string | null,"result"?: string | null,"type"?: string | null
                         }
                        Relationships: [
                    
                  ]
                }
          }
          Functions: {
            "acknowledge_alert":
{ Args: { "id": number }; Returns: boolean
                           },
"add_person":
{ Args: { "event_id": string,"handle": string,"role"?: string }; Returns: string
                           },
"after_restore":
{ Args: { "outage_at": string }; Returns: Json
                           },
"answer_invitation":
{ Args: { "accept": boolean,"event_id": string }; Returns: boolean
                           },
"discard_email":
{ Args: { "id": string }; Returns: boolean
                           },
"discard_emails":
{ Args: { "ids": (string)[] }; Returns: number
                           },
"email_timeline":
{ Args: { "email_id": string }; Returns: {
              "at": string,"detail": Json,"step": string
            }[]
                           },
"event_people":
{ Args: { "after_handle"?: string,"beginning"?: string,"event_id": string,"page_size"?: number }; Returns: {
              "as_participant": boolean,"display_name": string,"handle": string,"role": string,"user_id": string
            }[]
                           },
"explain_notification":
{ Args: { "message_id": number,"user_id"?: string }; Returns: {
              "at": string,"code": string,"facts": Json,"sentence": string,"step": number
            }[]
                           },
"export_my_data":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"find_emails":
{ Args: { "before"?: string,"only_status"?: string,"search"?: string }; Returns: {
              "address": string,"created_at": string,"id": string,"kind": string,"reason": string,"sent_at": string,"status": string,"user_id": string
            }[]
                           },
"find_scopes":
{ Args: { "search"?: string }; Returns: {
              "id": string,"name": string,"organization_name": string,"paused": boolean,"scope": string
            }[]
                           },
"forget_me":
{ Args: Record<PropertyKey, never>; Returns: boolean
                           },
"get_pending_notifications":
{ Args: { "as_of"?: string,"batch_size"?: number,"token_key_id"?: string }; Returns: {
              "attempt": number,"body": string,"dispatch_id": string,"facts": Json,"letters": Json
            }[]
                           },
"give_consent":
{ Args: { "source": string,"wording_version": string }; Returns: undefined
                           },
"lift_suppression":
{ Args: { "address": string }; Returns: boolean
                           },
"mark_event_read":
{ Args: { "event_id": string,"message_id": number }; Returns: undefined
                           },
"mark_notification_failed":
{ Args: { "as_of"?: string,"attempt": number,"body"?: string,"dispatch_id": string,"jitter"?: number,"letter_index"?: number,"outcome": string,"reason": string,"retry_after_ms"?: number }; Returns: boolean
                           },
"mark_notification_sent":
{ Args: { "as_of"?: string,"attempt": number,"dispatch_id": string,"provider_ids"?: (string)[] }; Returns: boolean
                           },
"message_reach":
{ Args: { "message_id": number }; Returns: {
              "by_choice": number,"by_letter": number,"by_reading": number,"recipients": number,"unreachable": number,"waiting": number
            }[]
                           },
"my_account":
{ Args: Record<PropertyKey, never>; Returns: {
              "address": string,"address_problem": string,"display_name": string,"handle": string,"is_operator": boolean,"locale": string,"runs_organization_ids": (string)[],"time_zone": string,"user_id": string,"welcomed_at": string
            }[]
                           },
"my_inbox":
{ Args: { "only_event_id"?: string }; Returns: {
              "event_id": string,"first_mention_id": number,"last_message_at": string,"last_message_author": string,"last_message_excerpt": string,"last_message_id": number,"level": string,"mentions": number,"my_role": string,"organization_id": string,"organization_name": string,"read_up_to": number,"runs": boolean,"title": string,"unread": number
            }[]
                           },
"my_invitations":
{ Args: Record<PropertyKey, never>; Returns: {
              "event_id": string,"invited_by": string,"organization_name": string,"role": string,"title": string
            }[]
                           },
"my_next_letter":
{ Args: { "as_of"?: string }; Returns: {
              "held": boolean,"leaves_at": string,"news": Json,"next_digest_at": string,"problem": string
            }[]
                           },
"open_letter":
{ Args: { "email_id": string }; Returns: {
              "erased": boolean,"facts": Json,"letter": Json
            }[]
                           },
"operator_capacity":
{ Args: { "as_of"?: string }; Returns: {
              "daily_quota": number,"database_bytes": number,"days_until_daily_quota": number,"days_until_monthly_quota": number,"growth_per_day": number,"letters_per_day": number,"monthly_quota": number
            }[]
                           },
"operator_chart":
{ Args: { "as_of"?: string,"period"?: string }; Returns: {
              "at": string,"bounced": number,"complained": number,"delivered": number,"letters_failed": number,"letters_sent": number,"message_to_sent_p50": number,"message_to_sent_p95": number,"message_to_sent_p99": number,"messages": number
            }[]
                           },
"operator_events":
{ Args: { "as_of"?: string,"days"?: number }; Returns: {
              "event_id": string,"letters": number,"organization_name": string,"title": string
            }[]
                           },
"operator_now":
{ Args: { "as_of"?: string }; Returns: {
              "bounce_rate": number,"breakers_open": (string)[],"complaint_rate": number,"counted_up_to": string,"daily_quota": number,"dead_letters": number,"delivery_on_for": string,"due": number,"error_rate": number,"last_beat_at": string,"last_sent_at": string,"letters_in_flight": number,"letters_last_hour": number,"letters_per_second": number,"message_to_sent_p50": number,"message_to_sent_p95": number,"message_to_sent_p99": number,"monthly_quota": number,"oldest_due_at": string,"open_alerts": number,"paused": boolean,"processors_alive": number,"sent_this_month": number,"sent_today": number
            }[]
                           },
"operator_preferences":
{ Args: Record<PropertyKey, never>; Returns: {
              "choice": string,"people": number,"preference": string
            }[]
                           },
"operator_schedule":
{ Args: Record<PropertyKey, never>; Returns: {
              "active": boolean,"job": string,"last_run_at": string,"last_run_status": string,"problem": string,"schedule": string
            }[]
                           },
"operator_targets":
{ Args: { "as_of"?: string }; Returns: {
              "goal": number,"holds": boolean,"measured": number,"target": string,"unit": string
            }[]
                           },
"pause_delivery":
{ Args: { "id"?: string,"scope": string }; Returns: boolean
                           },
"preview_resume":
{ Args: { "id"?: string,"scope": string }; Returns: Json
                           },
"resume_delivery":
{ Args: { "id"?: string,"scope": string }; Returns: boolean
                           },
"retry_email":
{ Args: { "id": string }; Returns: boolean
                           },
"retry_emails":
{ Args: { "ids": (string)[] }; Returns: number
                           },
"say_who_i_am":
{ Args: { "display_name": string,"handle": string,"locale": string,"time_zone": string }; Returns: undefined
                           },
"send_test_letter":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"silence_alert":
{ Args: { "name": string,"until": string }; Returns: boolean
                           },
"simulate_preferences":
{ Args: { "days"?: number,"proposed": Json }; Returns: Json
                           },
"switch_delivery_off":
{ Args: Record<PropertyKey, never>; Returns: undefined
                           },
"switch_delivery_on":
{ Args: { "deployment_url": string }; Returns: undefined
                           },
"withdraw_consent":
{ Args: Record<PropertyKey, never>; Returns: undefined
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            
          }
        }
} as const
