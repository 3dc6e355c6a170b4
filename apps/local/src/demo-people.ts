/** The accounts of supabase/seed.sql; a test compares the two. */
export const DEMO_PASSWORD = "demo-password";

export const DEMO_PEOPLE: readonly { email: string; name: string; part: string }[] = [
  { email: "organizer@demo.test", name: "Olivia Brandt", part: "runs the organization and its events" },
  { email: "speaker@demo.test", name: "Samir Haddad", part: "speaks at two events" },
  { email: "volunteer@demo.test", name: "Vera Lindqvist", part: "helps at every event" },
  { email: "guest@demo.test", name: "Gustavo Pereira", part: "takes part in two events" },
  { email: "newcomer@demo.test", name: "Nora Okafor", part: "member of the organization, in no event yet" },
  { email: "outsider@demo.test", name: "Otto Weiss", part: "in none of it" },
  { email: "operator@demo.test", name: "Petra Novak", part: "runs the deployment" },
];
