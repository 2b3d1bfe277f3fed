// Generated from docs/openapi.json by `npm run openapi`: change the routes, not this file.

export interface paths {
    "/api/operations/fulfilments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sessions whose work outside is not done, and why
         * @description For: staff, service. An API key needs the scope `operations:read`.
         */
        get: operations["listFulfilments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Letters that were refused, or whose fate is unknown, and why
         * @description For: staff, service. An API key needs the scope `operations:read`.
         */
        get: operations["listFailedLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/fulfilments/{sessionId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a session’s work outside again, now
         * @description Answered at once; the list tells what became of it. A provider that asked to wait is not hurried. For: staff, service. An API key needs the scope `operations:write`. Counts against the limit of bookings.
         */
        post: operations["retryFulfilment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/letters/{letterId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a letter again that was refused, or whose fate is unknown
         * @description Written anew from what is true now, under the same Message-ID. One of unknown fate may arrive twice. For: staff, service. An API key needs the scope `operations:write`. Counts against the limit of bookings.
         */
        post: operations["retryLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Accounts at providers that do not answer, and hosts with little left for today
         * @description For: staff, service. An API key needs the scope `operations:read`.
         */
        get: operations["listTroubledAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What stands at a provider and differs from what was agreed
         * @description For: staff, service. An API key needs the scope `operations:read`.
         */
        get: operations["listDrift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/sweep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the comparison with the providers stands
         * @description For: staff, service. An API key needs the scope `operations:read`.
         */
        get: operations["getSweep"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/drift/{driftId}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put right, remove or leave what differs
         * @description Answered at once; the list tells what became of it. For: staff, service. An API key needs the scope `operations:write`. Counts against the limit of bookings.
         */
        post: operations["decideDrift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/sweep/mode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let the sweep put right what it finds, or only report
         * @description For: staff, service. An API key needs the scope `operations:write`. Counts against the limit of bookings.
         */
        post: operations["setSweepMode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The accounts of a practitioner, at most one of each provider
         * @description For: practitioner, staff, service. An API key needs the scope `connections:read`.
         */
        get: operations["listConnections"];
        put?: never;
        /**
         * Begin to connect an account of a practitioner
         * @description A repeat under the same key answers a new link: a link is never shown twice. For: practitioner, staff, service. An API key needs the scope `connections:write`. Counts against the limit of bookings.
         */
        post: operations["connectAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/connections/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How one account stands
         * @description For: practitioner, staff, service. An API key needs the scope `connections:read`.
         */
        get: operations["getConnection"];
        put?: never;
        post?: never;
        /**
         * Disconnect an account, and tell its provider
         * @description What was made with the account stays there as it is. Again is answered as once. For: practitioner, staff, service. An API key needs the scope `connections:write`. Counts against the limit of bookings.
         */
        delete: operations["endConnection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/connections/{provider}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try an account out now, by a call to its provider
         * @description The answer is how it stands after that; a provider that is away changes nothing. For: practitioner, staff, service. An API key needs the scope `connections:write`. Counts against the limit of bookings.
         */
        post: operations["checkConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The API keys, revoked and expired ones too, in the order in which they were made
         * @description For: staff, service. An API key needs the scope `api-keys:manage`.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make an API key; its secret is shown this once
         * @description For: staff, service. An API key needs the scope `api-keys:manage`. Counts against the limit of bookings.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys/{apiKeyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One API key
         * @description For: staff, service. An API key needs the scope `api-keys:manage`.
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /**
         * Revoke an API key for good; again is answered as once
         * @description For: staff, service. An API key needs the scope `api-keys:manage`. Counts against the limit of bookings.
         */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who can be booked
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["listPractitioners"];
        put?: never;
        /**
         * Add a practitioner
         * @description For: staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        post: operations["addPractitioner"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One practitioner
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["getPractitioner"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a practitioner
         * @description Staff change everything; a practitioner changes her own policies, calendar, invitations and reminders. For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        patch: operations["changePractitioner"];
        trace?: never;
    };
    "/api/session-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What can be booked
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["listSessionTypes"];
        put?: never;
        /**
         * Add a session type
         * @description For: staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        post: operations["addSessionType"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session-types/{sessionTypeId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a session type, at everyone who offers it
         * @description For: staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        patch: operations["changeSessionType"];
        trace?: never;
    };
    "/api/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rooms, equipment and video hosts
         * @description For: practitioner, staff, service. An API key needs the scope `practitioners:read`.
         */
        get: operations["listResources"];
        put?: never;
        /**
         * Add a room, equipment or a video host
         * @description For: staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        post: operations["addResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/resources/{resourceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One room, piece of equipment or video host
         * @description For: practitioner, staff, service. An API key needs the scope `practitioners:read`.
         */
        get: operations["getResource"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change or retire a resource
         * @description For: staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        patch: operations["changeResource"];
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/weekly-hours": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Weekly hours
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["getWeeklyHours"];
        /**
         * Set the weekly hours
         * @description By staff, service keys and the practitioner herself. Appointments outside the new hours stay. For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        put: operations["setWeeklyHours"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/hours-plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hours that hold within dates, or for a session type
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["listHoursPlans"];
        put?: never;
        /**
         * Add hours from a date on, until one, or for a session type
         * @description Of those in force on a date the latest begun holds; those of the session type before those of all; without any the weekly hours. For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        post: operations["addHoursPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/hours-plans/{planId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One set of such hours
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["getHoursPlan"];
        /**
         * Put other such hours in place of these
         * @description For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        put: operations["setHoursPlan"];
        post?: never;
        /**
         * Remove such hours
         * @description For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        delete: operations["removeHoursPlan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/date-overrides": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Dates that are not as their week
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["listDateOverrides"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/date-overrides/{date}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What holds on one date instead of the week
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["getDateOverride"];
        /**
         * Set what holds on one date: other hours, or none
         * @description For every session type, and on a public holiday too. Appointments already made stay. For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        put: operations["setDateOverride"];
        post?: never;
        /**
         * Let a date be as its week again
         * @description For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        delete: operations["removeDateOverride"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/time-off": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Time taken off
         * @description For: practitioner, staff, service. An API key needs the scope `practitioners:read`.
         */
        get: operations["listTimeOff"];
        put?: never;
        /**
         * Take time off: whole days or a stretch, once or by a rule
         * @description Appointments in it stay, and are told in `affected`. `dryRun=true` tells them and takes nothing. By staff, service keys and herself. For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        post: operations["takeTimeOff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/time-off/{timeOffId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One entry of time off
         * @description For: practitioner, staff, service. An API key needs the scope `practitioners:read`.
         */
        get: operations["getTimeOff"];
        /**
         * Put other time off in place of this
         * @description For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        put: operations["setTimeOff"];
        post?: never;
        /**
         * Be there after all
         * @description For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        delete: operations["removeTimeOff"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/holidays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public holidays she keeps
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["getHolidays"];
        /**
         * Set whose public holidays she keeps
         * @description On each she is closed, unless that date has hours of its own. Appointments already made stay. For: practitioner, staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        put: operations["setHolidays"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/holiday-regions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Countries and their parts whose holidays are known
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["listHolidayRegions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/locations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Places where people work
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["listLocations"];
        put?: never;
        /**
         * Add a location
         * @description For: staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        post: operations["addLocation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/locations/{locationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One location
         * @description An API key needs the scope `practitioners:read`.
         */
        get: operations["getLocation"];
        put?: never;
        post?: never;
        /**
         * Remove a location at which nobody has hours
         * @description For: staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        delete: operations["removeLocation"];
        options?: never;
        head?: never;
        /**
         * Change a location; hours worked there follow its zone
         * @description For: staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        patch: operations["changeLocation"];
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When a practitioner is free
         * @description Every start of the grid within working hours, and for each whether it can be booked now. An API key needs the scope `availability:read`.
         */
        get: operations["getAvailability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When any of many practitioners is free
         * @description Over all practitioners, or those who offer a session type, speak a language, work at a place, are among some: the soonest free times, each one’s first, or how many there are on each day. An API key needs the scope `availability:read`.
         */
        get: operations["searchAvailability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Book an appointment
         * @description The appointment stands once this is answered, whatever the video provider does: `meetingDetails` with the status `pending` means that its link follows. For: client, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        post: operations["bookAppointment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Cancel an appointment; again is answered as once
         * @description For: client, guest, practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["cancelAppointment"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/reschedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Move an appointment; it keeps its id, its meeting and its calendar entry
         * @description For: client, guest, practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["rescheduleAppointment"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One appointment
         * @description For: client, guest, practitioner, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["getAppointment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{userId}/appointments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The appointments of a client, by time
         * @description For: client, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["listAppointments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * It took place
         * @description From its start on. Sets a wrong outcome right; nobody is written to. If-Match: its `revision`. For: practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["completeAppointment"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/no-show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * The client did not come
         * @description From its start on. Sets a wrong outcome right; nobody is written to. If-Match: its `revision`. For: practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["markNoShow"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Take back that an appointment was closed
         * @description For: practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["reopenAppointment"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The one appointment a link is for
         * @description With the token of the link. By its id it is then looked up, moved and cancelled, as by its client. For: guest.
         */
        get: operations["getGuestAppointment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/free-times": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where an appointment could be moved to
         * @description For its own length and kind; its own time is not in its way. None, and why, where it cannot be moved. For: client, guest, practitioner, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["getFreeTimes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/guest-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A link by which its client manages one appointment
         * @description For those who write their own mails. It is good until a week after the end. For: staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        post: operations["issueGuestLink"];
        /**
         * End every link to an appointment that was given out
         * @description For: client, practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        delete: operations["revokeGuestLinks"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Series, in the order in which they were booked; a client sees its own
         * @description For: client, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["listSeries"];
        put?: never;
        /**
         * Book a series: weekly, fortnightly, or monthly by weekday
         * @description Every date is judged at once, and those that can be had are taken in one act; each is an appointment of its own. `dryRun=true` tells how each would fare and takes nothing. For: client, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        post: operations["bookSeries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/series/{seriesId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A series with each of its dates
         * @description For: client, practitioner, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["getSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/series/{seriesId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Cancel one date of a series, or it and all that follow; again is answered as once
         * @description For: client, practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["cancelSeries"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/series/{seriesId}/reschedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Move one date of a series, or it and all that follow
         * @description Those that follow go by the rule of the series from the new date on, each keeping its id, its meeting and its calendar entry. `dryRun=true` tells how each would fare. For: client, practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["rescheduleSeries"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/waitlist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who waits, in the order in which they came; a client sees its own entries
         * @description For: client, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["listWaitlist"];
        put?: never;
        /**
         * Wait for a time to come free
         * @description What is free, or comes free, and suits is kept for the client until a deadline, and a letter says so; not answered, it passes on to the next who waits. For: client, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        post: operations["joinWaitlist"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/waitlist/{entryId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One entry, with what it was offered
         * @description For: client, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["getWaitlistEntry"];
        put?: never;
        post?: never;
        /**
         * Wait no longer; what was kept is given back
         * @description For: client, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        delete: operations["leaveWaitlist"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/offer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The one offer a link is for
         * @description With the token of the link in the letter. By its id it is then accepted or declined. For: guest.
         */
        get: operations["getGuestOffer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/offers/{offerId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One offer
         * @description For: client, guest, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["getOffer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/offers/{offerId}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Take a time that is offered; again is answered as once
         * @description For: client, guest, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["acceptOffer"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/offers/{offerId}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Take none of the times that are offered; again is answered as once
         * @description For: client, guest, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["declineOffer"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/time-off/{timeOffId}/offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was offered for this time off, and what was answered
         * @description For: practitioner, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["listAlternatives"];
        put?: never;
        /**
         * Offer other times to all who have an appointment in this time off
         * @description In one act, each gets a few free times under a hold, by mail, and chooses by the link in it. The appointments stay until then. Asked again, only those without an open offer get one. For: practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        post: operations["offerAlternatives"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold a time while the client fills in the form
         * @description Judged as a booking of it would be. Until `expiresAt` it is nobody else’s, and `POST /api/appointments` with its id as `holdId` succeeds. Of a session type held in groups it keeps a seat. For: client, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        post: operations["holdSlot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/holds/{holdId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One hold
         * @description For: client, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["getHold"];
        put?: never;
        post?: never;
        /**
         * Release a hold; what is no longer open stays as it is
         * @description For: client, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        delete: operations["releaseHold"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{userId}/phone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set or erase the number on which a client is reminded by SMS
         * @description For: client, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["setPhone"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Approve a request: it is confirmed, and its meeting is made
         * @description For: practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["approveRequest"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Decline a request; its time is free, and the client is told
         * @description The reason is kept, and mailed to nobody. For: practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["declineRequest"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/propose": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Propose another time for a request; the client accepts or refuses it
         * @description The request is moved there and holds it until its deadline; the time asked for is given up. For: practitioner, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["proposeTime"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Accept the time that was proposed: the appointment is confirmed
         * @description For: client, guest, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["acceptProposal"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Refuse the time that was proposed: the request is withdrawn
         * @description For: client, guest, staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        put: operations["refuseProposal"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/appointments/{appointmentId}/letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The delivery log of an appointment, oldest first; for its host
         * @description For: practitioner, staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["listAppointmentLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/offers/{offerId}/letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The delivery log of an offer: its letter, once that was tried
         * @description For: staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["listOfferLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{userId}/mail-trouble": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether a client can be written to
         * @description For: staff, service. An API key needs the scope `appointments:read`.
         */
        get: operations["getClientMailTrouble"];
        put?: never;
        post?: never;
        /**
         * Write to a client’s address again
         * @description For: staff, service. An API key needs the scope `appointments:write`. Counts against the limit of bookings.
         */
        delete: operations["clearClientMailTrouble"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/practitioners/{practitionerId}/mail-trouble": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether a practitioner can be written to
         * @description For: staff, service. An API key needs the scope `practitioners:read`.
         */
        get: operations["getPractitionerMailTrouble"];
        put?: never;
        post?: never;
        /**
         * Write to a practitioner’s address again
         * @description For: staff, service. An API key needs the scope `practitioners:write`. Counts against the limit of bookings.
         */
        delete: operations["clearPractitionerMailTrouble"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/create-zoom-meeting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The Zoom meeting of an appointment
         * @description For: client, practitioner, staff, service. An API key needs the scope `meetings:write`. Counts against the limit of bookings.
         */
        post: operations["createZoomMeeting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/create-google-meet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The Google Meet link of an appointment
         * @description For: client, practitioner, staff, service. An API key needs the scope `meetings:write`. Counts against the limit of bookings.
         */
        post: operations["createGoogleMeet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/create-teams-meeting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The Microsoft Teams meeting of an appointment
         * @description For: client, practitioner, staff, service. An API key needs the scope `meetings:write`. Counts against the limit of bookings.
         */
        post: operations["createTeamsMeeting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/create-calendar-event": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The calendar event of an appointment
         * @description For: client, practitioner, staff, service. An API key needs the scope `meetings:write`. Counts against the limit of bookings.
         */
        post: operations["createCalendarEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened, in order
         * @description Oldest first. `nextCursor` is always there: keep it, and ask again with it as `cursor`. No event appears behind it later. For: staff, service. An API key needs the scope `events:read`.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where events are sent
         * @description For: staff, service. An API key needs the scope `webhooks:manage`.
         */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Have events sent to an address; the secret is shown this once
         * @description For: staff, service. An API key needs the scope `webhooks:manage`. Counts against the limit of bookings.
         */
        post: operations["addWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{webhookEndpointId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One endpoint: how it stands, and what it is owed
         * @description For: staff, service. An API key needs the scope `webhooks:manage`.
         */
        get: operations["getWebhookEndpoint"];
        put?: never;
        post?: never;
        /**
         * Remove an endpoint, with what it is owed and its log
         * @description For: staff, service. An API key needs the scope `webhooks:manage`. Counts against the limit of bookings.
         */
        delete: operations["removeWebhookEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change, pause or resume an endpoint
         * @description Also lets one go on that was disabled. What waits for it is tried at once. For: staff, service. An API key needs the scope `webhooks:manage`. Counts against the limit of bookings.
         */
        patch: operations["changeWebhookEndpoint"];
        trace?: never;
    };
    "/api/webhook-endpoints/{webhookEndpointId}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an endpoint a new secret; it is shown this once
         * @description The one before signs beside it for `overlapHours`. For: staff, service. An API key needs the scope `webhooks:manage`. Counts against the limit of bookings.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{webhookEndpointId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send events again
         * @description One, all that were given up (the oldest 5,000 at once), or those of a range of time. Each keeps its id. For: staff, service. An API key needs the scope `webhooks:manage`. Counts against the limit of bookings.
         */
        post: operations["replayWebhookEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{webhookEndpointId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event to an endpoint
         * @description Of type `webhook.test`, whatever types it asked for; the log of tries tells what became of it. For: staff, service. An API key needs the scope `webhooks:manage`. Counts against the limit of bookings.
         */
        post: operations["sendWebhookTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{webhookEndpointId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an endpoint is owed and was sent, the newest first
         * @description For: staff, service. An API key needs the scope `webhooks:manage`.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{webhookEndpointId}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Each try to send, the newest first
         * @description For: staff, service. An API key needs the scope `webhooks:manage`.
         */
        get: operations["listWebhookAttempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A refusal (RFC 9457). Further members depend on the code. */
        Problem: {
            /** @description urn:slotkeeper:problem:<code> */
            type: string;
            title: string;
            status: number;
            detail: string;
            code: components["schemas"]["RefusalCode"];
            /** @enum {boolean} */
            success: false;
            /** @description For people: what is wrong and what to do next. */
            message: string;
            requestId: string;
            errors?: {
                /** @description JSON Pointer into the body, or query/, path/, header/ and a name */
                pointer: string;
                message: string;
            }[];
            /** @description Where a time cannot be had: up to five free ones nearest to it. */
            alternatives?: {
                /** Format: date */
                date: string;
                /** @description Wall time of the practitioner. */
                time: string;
                /** Format: date-time */
                start: string;
                /** Format: date-time */
                end: string;
            }[];
            /** @description Where a time cannot be had: every reason; `code` is the first. */
            reasons?: components["schemas"]["RefusalCode"][];
            /** @description Where a time cannot be had: what stands behind each reason, as availability with `explain` tells it. */
            because?: {
                code: string;
                reason: components["schemas"]["RefusalCode"];
            }[];
            /** @description `time_does_not_exist`: the last minute before the gap, and the first after it. */
            nearest?: {
                /** Format: date */
                date: string;
                /** @description Wall time of the practitioner. */
                time: string;
                /** Format: date-time */
                start: string;
            }[];
            /**
             * Format: date-time
             * @description Where a window is closed: the last instant at which it was not.
             */
            until?: string;
            /**
             * Format: date-time
             * @description `appointment_not_begun`: the first instant at which it can be done.
             */
            from?: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description Stable; decide by this. A later version may add codes: go by the status then.
         *
         *     - `invalid_request` (400): The request is not as described.
         *     - `invalid_json` (400): The body is not JSON.
         *     - `unsupported_media_type` (415): The body must be application/json.
         *     - `body_too_large` (413): The body is too large.
         *     - `not_found` (404): Not found.
         *     - `method_not_allowed` (405): Method not allowed.
         *     - `header_too_large` (431): The request headers are too large.
         *     - `request_timeout` (408): The request took too long to arrive.
         *     - `unauthenticated` (401): A valid token is needed.
         *     - `forbidden` (403): Not allowed.
         *     - `rate_limited` (429): Too many requests.
         *     - `issuer_unavailable` (503): The token cannot be checked now.
         *     - `idempotency_key_invalid` (400): The Idempotency-Key is not valid.
         *     - `idempotency_key_reused` (422): The Idempotency-Key was used for another request.
         *     - `version_mismatch` (412): It has changed meanwhile.
         *     - `does_not_match` (422): What was sent does not match what is stored.
         *     - `unknown_session_type` (422): Unknown session type.
         *     - `platform_not_offered` (422): Platform not offered.
         *     - `platform_not_configured` (422): Platform not configured.
         *     - `mode_not_offered` (422): It is not held that way.
         *     - `practitioner_not_bookable` (422): Practitioner not bookable.
         *     - `already_exists` (409): It exists already.
         *     - `in_use` (409): It is in use.
         *     - `unknown_location` (422): Unknown location.
         *     - `unknown_resource` (422): Unknown resource.
         *     - `unknown_region` (422): Unknown region.
         *     - `connections_not_configured` (422): Connections are not set up.
         *     - `time_does_not_exist` (422): That time does not exist.
         *     - `time_in_past` (422): That time is past.
         *     - `notice_too_short` (422): Too little notice.
         *     - `beyond_horizon` (422): Too far ahead.
         *     - `outside_hours` (422): Outside hours.
         *     - `not_on_grid` (422): Not a starting time.
         *     - `slot_taken` (409): That time is taken.
         *     - `full` (409): All seats are taken.
         *     - `already_booked` (409): This client has a seat already.
         *     - `room_taken` (409): No room is free then.
         *     - `equipment_taken` (409): Equipment is not free then.
         *     - `video_host_taken` (409): No host of video meetings is free then.
         *     - `booking_limit_reached` (409): No more is given then.
         *     - `client_limit_reached` (409): This client gets no more then.
         *     - `dates_refused` (409): Not every date can be had.
         *     - `appointment_cancelled` (409): The appointment is cancelled.
         *     - `appointment_closed` (409): The appointment is closed.
         *     - `appointment_in_past` (409): The appointment is past.
         *     - `appointment_not_begun` (409): The appointment has not begun.
         *     - `cancellation_window_closed` (409): Too late to cancel.
         *     - `reschedule_window_closed` (409): Too late to move.
         *     - `hold_expired` (409): The hold has expired.
         *     - `appointment_pending` (409): The appointment is not approved yet.
         *     - `nothing_to_decide` (409): There is nothing to decide.
         *     - `request_lapsed` (409): The request was not decided in time.
         *     - `meeting_elsewhere` (409): The meeting is on another platform.
         *     - `meeting_pending` (503): The meeting is not ready yet.
         *     - `meeting_failed` (502): The meeting could not be made.
         *     - `cursor_expired` (410): The cursor is too old.
         *     - `address_not_allowed` (422): The address is not allowed.
         *     - `limit_reached` (409): There can be no more.
         *     - `endpoint_not_active` (409): The endpoint is not active.
         *     - `replay_too_large` (422): Too much to send again at once.
         *     - `nothing_to_retry` (409): There is nothing to try again.
         *     - `being_worked_at` (409): It is being worked at.
         *     - `overloaded` (503): The server is busy.
         *     - `not_ready` (503): The server is not ready.
         *     - `internal_error` (500): Something went wrong here.
         * @enum {unknown}
         */
        RefusalCode: "invalid_request" | "invalid_json" | "unsupported_media_type" | "body_too_large" | "not_found" | "method_not_allowed" | "header_too_large" | "request_timeout" | "unauthenticated" | "forbidden" | "rate_limited" | "issuer_unavailable" | "idempotency_key_invalid" | "idempotency_key_reused" | "version_mismatch" | "does_not_match" | "unknown_session_type" | "platform_not_offered" | "platform_not_configured" | "mode_not_offered" | "practitioner_not_bookable" | "already_exists" | "in_use" | "unknown_location" | "unknown_resource" | "unknown_region" | "connections_not_configured" | "time_does_not_exist" | "time_in_past" | "notice_too_short" | "beyond_horizon" | "outside_hours" | "not_on_grid" | "slot_taken" | "full" | "already_booked" | "room_taken" | "equipment_taken" | "video_host_taken" | "booking_limit_reached" | "client_limit_reached" | "dates_refused" | "appointment_cancelled" | "appointment_closed" | "appointment_in_past" | "appointment_not_begun" | "cancellation_window_closed" | "reschedule_window_closed" | "hold_expired" | "appointment_pending" | "nothing_to_decide" | "request_lapsed" | "meeting_elsewhere" | "meeting_pending" | "meeting_failed" | "cursor_expired" | "address_not_allowed" | "limit_reached" | "endpoint_not_active" | "replay_too_large" | "nothing_to_retry" | "being_worked_at" | "overloaded" | "not_ready" | "internal_error";
        OpenFulfilmentPage: {
            fulfilments: components["schemas"]["OpenFulfilment"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        OpenFulfilment: {
            sessionId: number;
            /** @description Of a group one of them; none where all have moved to other sessions. */
            appointmentId?: number;
            wantedRevision: number;
            doneRevision: number;
            /**
             * Format: date-time
             * @description When what is wanted was asked for.
             */
            since: string;
            /** Format: date-time */
            nextTryAt: string;
            /** @description A worker is at it now. */
            inHand: boolean;
            /** @description Passes since it was asked for. */
            attempts: number;
            /** @description For people: what is wrong, and what to do. */
            reason: string | null;
            /** @description For the log and the provider’s support: outcome, provider, operation, status and code, as far as known. */
            said: string | null;
            steps: {
                /** @enum {unknown} */
                step: "meeting" | "calendar_event";
                provider: string;
                platform: string | null;
                /** @description What is believed: creating, live, deleting or gone. */
                state: string;
                /** @description Tries that failed one after the other. */
                attempts: number;
                nextTryAt: string | null;
                /** @description For people: what is wrong, and what to do. */
                reason: string | null;
                /** @description For the log and the provider’s support: outcome, provider, operation, status and code, as far as known. */
                said: string | null;
            }[];
        };
        FailedLetterPage: {
            letters: components["schemas"]["FailedLetter"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        FailedLetter: {
            letterId: number;
            /** @description Not of an offer. */
            sessionId?: number;
            /** @description Not of an offer. */
            appointmentId?: number;
            offerId?: number;
            /** @enum {unknown} */
            recipient: "client" | "practitioner";
            /** @description As in the delivery log of an appointment; `offer` of an offer. */
            kind: string;
            revision: number;
            /** @enum {unknown} */
            state: "refused" | "unknown";
            /**
             * Format: date-time
             * @description The start it tells of.
             */
            start: string;
            attempts: number;
            nextTryAt: string | null;
            /** @description For people: what is wrong, and what to do. */
            reason: string | null;
            /** @description For the log and the provider’s support: outcome, provider, operation, status and code, as far as known. */
            said: string | null;
        };
        TroubledAccounts: {
            /** @description They did not answer, and are only looked at now and then; what waits for them follows by itself. */
            accounts: {
                provider: string;
                /** @description The practitioner’s connection; null: the deployment’s own account. */
                connectionId: number | null;
                /** Format: date-time */
                since: string;
                /** Format: date-time */
                nextTryAt: string;
                /** @description One after the other. */
                failures: number;
                /** @description For people: what is wrong, and what to do. */
                reason: string;
                /** @description Outcome, provider, operation, status and code, as far as known. */
                said: string;
            }[];
            /** @description Hosts who have used up most of what the provider allows them today (UTC); sooner sessions go first. */
            days: {
                provider: string;
                /** @description The practitioner’s connection; null: the deployment’s own account. */
                connectionId: number | null;
                used: number;
                most: number;
            }[];
        };
        DriftPage: {
            drift: components["schemas"]["Drift"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        Drift: {
            driftId: number;
            /** @enum {unknown} */
            kind: "missing" | "moved" | "changed" | "duplicate" | "orphan" | "unknown";
            /** @enum {unknown} */
            state: "mending" | "open" | "removing" | "ignored" | "settled";
            /** @description For people: what differs, and why it is left to them. */
            says: string;
            provider: string;
            /** @enum {unknown} */
            thing: "meeting" | "calendar_event";
            /** @description Its id at the provider. */
            providerId: string;
            /** @description As its mark says; of kind unknown there is no such session here. */
            sessionId: number;
            appointmentId: number | null;
            practitionerId: number | null;
            /** Format: date-time */
            start: string;
            /** @description How often it came about. */
            times: number;
            /** Format: date-time */
            firstFoundAt: string;
            /** Format: date-time */
            lastFoundAt: string;
        };
        SweepStatus: {
            /**
             * @description report: it puts nothing right.
             * @enum {unknown}
             */
            mode: "mend" | "report";
            setBy: ("staff" | "restoration") | null;
            setAt: string | null;
            /** @description Calendars and hosts of meetings that are compared. */
            places: number;
            /** @description Of these, not compared for two days. */
            late: number;
            drift: {
                /** @enum {unknown} */
                kind: "missing" | "moved" | "changed" | "duplicate" | "orphan" | "unknown";
                provider: string;
                found: number;
                open: number;
            }[];
        };
        NewConnection: {
            /** @enum {unknown} */
            provider: "zoom" | "google" | "microsoft";
        };
        ConnectionBegun: {
            /** @description Open it in the browser of the account’s owner: she signs in there, agrees, and is sent back here. */
            authorizationUrl: string;
            /**
             * Format: date-time
             * @description It can be used once, until then.
             */
            expiresAt: string;
        };
        /** @description At most one of each provider. */
        ConnectionList: {
            connections: components["schemas"]["Connection"][];
        };
        Connection: {
            id: number;
            practitionerId: number;
            /** @enum {unknown} */
            provider: "zoom" | "google" | "microsoft";
            /**
             * @description Whose links the account makes.
             * @enum {unknown}
             */
            platform: "zoom" | "google-meet" | "teams";
            /**
             * @description `connected`: in use. `needs_reconnect`: the grant is dead; `missing_scopes`: it is too narrow; both wait for her, and so does what is owed outside. `disconnected`: ended here.
             * @enum {unknown}
             */
            state: "connected" | "needs_reconnect" | "missing_scopes" | "disconnected";
            /** @description The account’s address at the provider. */
            accountAddress: string;
            /** @description What was granted, in the provider’s words. */
            scopes: string[];
            /** Format: date-time */
            connectedAt: string;
            /**
             * Format: date-time
             * @description When it was last tried out.
             */
            checkedAt: string;
            /** @description A stable word for what is wrong; null: nothing. */
            problem: string | null;
            /** @description The same for people, with what to do. */
            problemText: string | null;
        };
        ConnectionEnded: {
            connection: components["schemas"]["Connection"];
            /**
             * @description `revoked`: the provider was told. `shared`: it was not, since another practitioner here uses the same account; what we held for this one is forgotten. `pending`: it did not answer, or a renewal is under way, and it is told later. `by_hand`: it cannot be told by us; only the account’s owner can remove the app, at `removeAt`.
             * @enum {unknown}
             */
            revocation: "revoked" | "shared" | "pending" | "by_hand";
            removeAt: string | null;
        };
        NewApiKey: {
            /**
             * Format: plain-text
             * @description What it is for.
             */
            name: string;
            scopes: components["schemas"]["Scope"][];
            /**
             * Format: date-time
             * @description Left out: valid until it is revoked.
             */
            expiresAt?: string;
        };
        /**
         * @description What a key may do.
         *
         *     - `availability:read`: when practitioners are free.
         *     - `practitioners:read`: practitioners, session types, schedules and locations, with what is private of them.
         *     - `practitioners:write`: add and change practitioners, session types, schedules and locations.
         *     - `appointments:read`: appointments of every client.
         *     - `appointments:write`: book, move, cancel and close for every client.
         *     - `connections:read`: practitioners’ own accounts at providers, and how they stand.
         *     - `connections:write`: begin, try out and end connections of practitioners’ own accounts.
         *     - `meetings:write`: meetings and calendar events of appointments, with the links that start them.
         *     - `events:read`: what happened, in ids and plain facts.
         *     - `webhooks:manage`: where events are sent, and sending them again.
         *     - `operations:read`: what failed outside, and why.
         *     - `operations:write`: have what failed outside tried again.
         *     - `api-keys:manage`: make keys with the scopes it has itself, list and revoke keys.
         * @enum {unknown}
         */
        Scope: "availability:read" | "practitioners:read" | "practitioners:write" | "appointments:read" | "appointments:write" | "connections:read" | "connections:write" | "meetings:write" | "events:read" | "webhooks:manage" | "operations:read" | "operations:write" | "api-keys:manage";
        ApiKeyMade: {
            id: number;
            name: string;
            /** @description How its secret begins, after `sk_`. */
            hint: string;
            scopes: components["schemas"]["Scope"][];
            /** @enum {unknown} */
            state: "active" | "expired" | "revoked";
            /** @description Who made it, as the journal names callers. */
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** @description Null: valid until it is revoked. */
            expiresAt: string | null;
            /** @description To the minute or so; null: never. */
            lastUsedAt: string | null;
            /** @description Null: it was not. */
            revokedAt: string | null;
            /** @description Send it as a bearer token. It is in this answer alone, and not in a repeat of it: keep it now. */
            secret?: string;
        };
        ApiKeyPage: {
            apiKeys: components["schemas"]["ApiKey"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        ApiKey: {
            id: number;
            name: string;
            /** @description How its secret begins, after `sk_`. */
            hint: string;
            scopes: components["schemas"]["Scope"][];
            /** @enum {unknown} */
            state: "active" | "expired" | "revoked";
            /** @description Who made it, as the journal names callers. */
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** @description Null: valid until it is revoked. */
            expiresAt: string | null;
            /** @description To the minute or so; null: never. */
            lastUsedAt: string | null;
            /** @description Null: it was not. */
            revokedAt: string | null;
        };
        PractitionerPage: {
            practitioners: components["schemas"]["Practitioner"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        /** @description Address and settings are shown to staff, service keys and herself. */
        Practitioner: {
            id: number;
            name: string;
            /** @description IANA zone; her wall times are in it. */
            timeZone: string;
            /** @description Those she speaks, as tags of BCP 47. */
            languages: string[];
            sessionTypes: components["schemas"]["OfferedSessionType"][];
            email?: string;
            /** @description The number in the ETag; for If-Match. */
            revision?: number;
            /** @description Starts are this far apart, from each opening. */
            gridMinutes?: number;
            bufferBeforeMinutes?: number;
            bufferAfterMinutes?: number;
            /** @description How long before its start one can book. */
            noticeMinutes?: number;
            /** @description How far ahead one can book, in her days. */
            horizonDays?: number;
            /** @description So long before its start a client may still cancel; 0: until it is over. */
            cancellationWindowMinutes?: number;
            /** @description So long before its start a client may still move it; 0: until it begins. */
            rescheduleWindowMinutes?: number;
            /**
             * @description `refuse`: too late for a client. `mark_late`: done, and the appointment says so.
             * @enum {unknown}
             */
            lateCancellations?: "refuse" | "mark_late";
            /**
             * @description `refuse`: too late for a client. `mark_late`: done, and the appointment says so.
             * @enum {unknown}
             */
            lateReschedules?: "refuse" | "mark_late";
            /**
             * @description Whether the server says how her appointments went where nobody did. `suggested`: as `suggestedOutcome` says, and not without one. `completed`: as it says, else completed. What a person closed or reopened is left alone.
             * @enum {unknown}
             */
            autoClose?: "off" | "suggested" | "completed";
            /** @description So long after the end. */
            autoCloseAfterMinutes?: number;
            /** @description The last date that can be booked, instead of `horizonDays`. null: those days. */
            horizonUntil?: string | null;
            /**
             * @description What `order=preferred` of availability means. `adjacent`: those first that leave the least idle time.
             * @enum {unknown}
             */
            packing?: "none" | "adjacent";
            /** @description What she gives at most. All there are. */
            limits?: components["schemas"]["BookingLimit"][];
            /** @description Whether she is listed and can be booked. */
            active?: boolean;
            /**
             * @description Where her events are kept.
             * @enum {unknown}
             */
            calendar?: "google" | "microsoft";
            /**
             * @description Whose mail invites: ours, or the calendar provider’s, which then gets the client’s name and address.
             * @enum {unknown}
             */
            invitations?: "slotkeeper" | "provider";
            /** @description When and how clients are reminded. `null`: as the practice does. */
            reminders?: components["schemas"]["Reminders"] | null;
        };
        OfferedSessionType: {
            id: number;
            name: string;
            durationMinutes: number;
            platforms: ("zoom" | "google-meet" | "teams")[];
            /**
             * @description What is booked is a request, until it is approved.
             * @enum {boolean}
             */
            requiresApproval?: true;
            /** @description For this session type; null or left out: as she has it for all. */
            noticeMinutes?: number | null;
            /** @description For this session type; null or left out: as she has it for all. */
            horizonDays?: number | null;
            /** @description For this session type; null or left out: as she has it for all. */
            horizonUntil?: string | null;
            /** @description What else can be chosen beside `durationMinutes`. */
            lengths?: number[];
            modes?: ("online" | "in_person" | "phone")[];
            /** @description Seats of one session. More than 1: a group, of which each client books one seat. */
            capacity?: number;
            price?: {
                /** @description In the smallest unit of the currency: cents. */
                amountMinor: number;
                /** @description ISO 4217 */
                currency: string;
            };
        };
        BookingLimit: {
            /**
             * @description In her zone; weeks begin on Monday.
             * @enum {unknown}
             */
            per: "day" | "week" | "month";
            /**
             * @description `practitioner`: of all she gives. `client`: of what each client gets of it.
             * @default practitioner
             * @enum {unknown}
             */
            of?: "practitioner" | "client";
            /**
             * @description Of this session type alone. null: of all together.
             * @default null
             */
            sessionTypeId?: number | null;
            /**
             * @description So many sessions that start in it.
             * @default null
             */
            mostSessions?: number | null;
            /**
             * @description So many minutes of them, without buffers.
             * @default null
             */
            mostMinutes?: number | null;
        };
        Reminders: {
            /** @description How long before the start, in elapsed minutes. None: no reminders. */
            leadMinutes: number[];
            /** @description How the client is told. Without a number, or where SMS is not set up, `sms` means `email`. */
            channels: ("email" | "sms")[];
            /** @description Whether the practitioner is reminded too, by e-mail. */
            practitioner: boolean;
        };
        /** @description She can be booked once she has weekly hours and offers a session type. */
        NewPractitioner: {
            /** Format: plain-text */
            name: string;
            /** Format: e-mail */
            email: string;
            /** Format: iana-zone */
            timeZone: string;
            /** @description Starts are this far apart, from each opening. */
            gridMinutes?: number;
            bufferBeforeMinutes?: number;
            bufferAfterMinutes?: number;
            /** @description How long before its start one can book. */
            noticeMinutes?: number;
            /** @description How far ahead one can book, in her days. */
            horizonDays?: number;
            /** @description So long before its start a client may still cancel; 0: until it is over. */
            cancellationWindowMinutes?: number;
            /** @description So long before its start a client may still move it; 0: until it begins. */
            rescheduleWindowMinutes?: number;
            /**
             * @description `refuse`: too late for a client. `mark_late`: done, and the appointment says so.
             * @enum {unknown}
             */
            lateCancellations?: "refuse" | "mark_late";
            /**
             * @description `refuse`: too late for a client. `mark_late`: done, and the appointment says so.
             * @enum {unknown}
             */
            lateReschedules?: "refuse" | "mark_late";
            /**
             * @description Whether the server says how her appointments went where nobody did. `suggested`: as `suggestedOutcome` says, and not without one. `completed`: as it says, else completed. What a person closed or reopened is left alone.
             * @enum {unknown}
             */
            autoClose?: "off" | "suggested" | "completed";
            /** @description So long after the end. */
            autoCloseAfterMinutes?: number;
            /** @description The last date that can be booked, instead of `horizonDays`. null: those days. */
            horizonUntil?: string | null;
            /**
             * @description What `order=preferred` of availability means. `adjacent`: those first that leave the least idle time.
             * @enum {unknown}
             */
            packing?: "none" | "adjacent";
            /** @description What she gives at most. All there are. */
            limits?: components["schemas"]["BookingLimit"][];
            /** @description Whether she is listed and can be booked. */
            active?: boolean;
            /**
             * @description Where her events are kept.
             * @enum {unknown}
             */
            calendar?: "google" | "microsoft";
            /**
             * @description Whose mail invites: ours, or the calendar provider’s, which then gets the client’s name and address.
             * @enum {unknown}
             */
            invitations?: "slotkeeper" | "provider";
            /** @description When and how clients are reminded. `null`: as the practice does. */
            reminders?: components["schemas"]["Reminders"] | null;
            /** @description Those she speaks, as tags of BCP 47. */
            languages?: string[];
            /** @description All she offers, in this order. `durationMinutes` and `requiresApproval` where they differ at her. */
            sessionTypes?: {
                id: number;
                durationMinutes?: number;
                requiresApproval?: boolean;
                /** @description For this session type; null or left out: as she has it for all. */
                noticeMinutes?: number | null;
                /** @description For this session type; null or left out: as she has it for all. */
                horizonDays?: number | null;
                /** @description For this session type; null or left out: as she has it for all. */
                horizonUntil?: string | null;
            }[];
        };
        PractitionerChange: {
            /** Format: plain-text */
            name?: string;
            /** Format: e-mail */
            email?: string;
            /** Format: iana-zone */
            timeZone?: string;
            /** @description Starts are this far apart, from each opening. */
            gridMinutes?: number;
            bufferBeforeMinutes?: number;
            bufferAfterMinutes?: number;
            /** @description How long before its start one can book. */
            noticeMinutes?: number;
            /** @description How far ahead one can book, in her days. */
            horizonDays?: number;
            /** @description So long before its start a client may still cancel; 0: until it is over. */
            cancellationWindowMinutes?: number;
            /** @description So long before its start a client may still move it; 0: until it begins. */
            rescheduleWindowMinutes?: number;
            /**
             * @description `refuse`: too late for a client. `mark_late`: done, and the appointment says so.
             * @enum {unknown}
             */
            lateCancellations?: "refuse" | "mark_late";
            /**
             * @description `refuse`: too late for a client. `mark_late`: done, and the appointment says so.
             * @enum {unknown}
             */
            lateReschedules?: "refuse" | "mark_late";
            /**
             * @description Whether the server says how her appointments went where nobody did. `suggested`: as `suggestedOutcome` says, and not without one. `completed`: as it says, else completed. What a person closed or reopened is left alone.
             * @enum {unknown}
             */
            autoClose?: "off" | "suggested" | "completed";
            /** @description So long after the end. */
            autoCloseAfterMinutes?: number;
            /** @description The last date that can be booked, instead of `horizonDays`. null: those days. */
            horizonUntil?: string | null;
            /**
             * @description What `order=preferred` of availability means. `adjacent`: those first that leave the least idle time.
             * @enum {unknown}
             */
            packing?: "none" | "adjacent";
            /** @description What she gives at most. All there are. */
            limits?: components["schemas"]["BookingLimit"][];
            /** @description Whether she is listed and can be booked. */
            active?: boolean;
            /**
             * @description Where her events are kept.
             * @enum {unknown}
             */
            calendar?: "google" | "microsoft";
            /**
             * @description Whose mail invites: ours, or the calendar provider’s, which then gets the client’s name and address.
             * @enum {unknown}
             */
            invitations?: "slotkeeper" | "provider";
            /** @description When and how clients are reminded. `null`: as the practice does. */
            reminders?: components["schemas"]["Reminders"] | null;
            /** @description Those she speaks, as tags of BCP 47. */
            languages?: string[];
            /** @description All she offers, in this order. `durationMinutes` and `requiresApproval` where they differ at her. */
            sessionTypes?: {
                id: number;
                durationMinutes?: number;
                requiresApproval?: boolean;
                /** @description For this session type; null or left out: as she has it for all. */
                noticeMinutes?: number | null;
                /** @description For this session type; null or left out: as she has it for all. */
                horizonDays?: number | null;
                /** @description For this session type; null or left out: as she has it for all. */
                horizonUntil?: string | null;
            }[];
        };
        SessionTypePage: {
            sessionTypes: components["schemas"]["SessionType"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        SessionType: {
            id: number;
            name: string;
            durationMinutes: number;
            platforms: ("zoom" | "google-meet" | "teams")[];
            active: boolean;
            /** @description When and how clients are reminded. `null`: as its practitioner does. */
            reminders?: components["schemas"]["Reminders"] | null;
            revision: number;
            /** @description What is booked is a request until the practitioner approves it. Staff who book need no approval. */
            requiresApproval: boolean;
            /** @description So long a request may wait, and never beyond its start; then it has lapsed. */
            approvalMinutes: number;
            /** @description null: as the practitioner has it. */
            cancellationWindowMinutes: number | null;
            /** @description null: as the practitioner has it. */
            rescheduleWindowMinutes: number | null;
            /** @description null: as the practitioner has it. */
            lateCancellations: ("refuse" | "mark_late") | null;
            /** @description null: as the practitioner has it. */
            lateReschedules: ("refuse" | "mark_late") | null;
            /** @description What else can be chosen beside `durationMinutes`. */
            lengths: number[];
            /** @description null: as the practitioner has it. */
            gridMinutes: number | null;
            /** @description null: as the practitioner has it. */
            bufferBeforeMinutes: number | null;
            /** @description null: as the practitioner has it. */
            bufferAfterMinutes: number | null;
            /** @description null: none is told. */
            price: {
                /** @description In the smallest unit of the currency: cents. */
                amountMinor: number;
                /** @description ISO 4217 */
                currency: string;
            } | null;
            modes: ("online" | "in_person" | "phone")[];
            /** @description Seats of one session. More than 1: a group, of which each client books one seat. */
            capacity: number;
            /** @description What each session takes besides the practitioner’s time: all, or it is not booked. */
            needs: {
                /**
                 * @description `video_host`: an account that hosts meetings of people who have none of their own.
                 * @enum {unknown}
                 */
                kind: "room" | "equipment" | "video_host";
                /** @description One of these, the first that is free. Left out: any of the kind. */
                anyOf?: number[];
            }[];
        };
        NewSessionType: {
            /** Format: plain-text */
            name: string;
            durationMinutes: number;
            platforms?: ("zoom" | "google-meet" | "teams")[];
            active?: boolean;
            /** @description When and how clients are reminded. `null`: as its practitioner does. */
            reminders?: components["schemas"]["Reminders"] | null;
            /** @description What is booked is a request until the practitioner approves it. Staff who book need no approval. */
            requiresApproval?: boolean;
            /** @description So long a request may wait, and never beyond its start; then it has lapsed. */
            approvalMinutes?: number;
            /** @description null: as the practitioner has it. */
            cancellationWindowMinutes?: number | null;
            /** @description null: as the practitioner has it. */
            rescheduleWindowMinutes?: number | null;
            /** @description null: as the practitioner has it. */
            lateCancellations?: ("refuse" | "mark_late") | null;
            /** @description null: as the practitioner has it. */
            lateReschedules?: ("refuse" | "mark_late") | null;
            /** @description What else can be chosen beside `durationMinutes`. */
            lengths?: number[];
            /** @description null: as the practitioner has it. */
            gridMinutes?: number | null;
            /** @description null: as the practitioner has it. */
            bufferBeforeMinutes?: number | null;
            /** @description null: as the practitioner has it. */
            bufferAfterMinutes?: number | null;
            /** @description null: none is told. */
            price?: {
                /** @description In the smallest unit of the currency: cents. */
                amountMinor: number;
                /** @description ISO 4217 */
                currency: string;
            } | null;
            modes?: ("online" | "in_person" | "phone")[];
            /** @description Seats of one session. More than 1: a group, of which each client books one seat. */
            capacity?: number;
            /** @description What each session takes besides the practitioner’s time: all, or it is not booked. */
            needs?: {
                /**
                 * @description `video_host`: an account that hosts meetings of people who have none of their own.
                 * @enum {unknown}
                 */
                kind: "room" | "equipment" | "video_host";
                /** @description One of these, the first that is free. Left out: any of the kind. */
                anyOf?: number[];
            }[];
        };
        SessionTypeChange: {
            /** Format: plain-text */
            name?: string;
            durationMinutes?: number;
            platforms?: ("zoom" | "google-meet" | "teams")[];
            active?: boolean;
            /** @description When and how clients are reminded. `null`: as its practitioner does. */
            reminders?: components["schemas"]["Reminders"] | null;
            /** @description What is booked is a request until the practitioner approves it. Staff who book need no approval. */
            requiresApproval?: boolean;
            /** @description So long a request may wait, and never beyond its start; then it has lapsed. */
            approvalMinutes?: number;
            /** @description null: as the practitioner has it. */
            cancellationWindowMinutes?: number | null;
            /** @description null: as the practitioner has it. */
            rescheduleWindowMinutes?: number | null;
            /** @description null: as the practitioner has it. */
            lateCancellations?: ("refuse" | "mark_late") | null;
            /** @description null: as the practitioner has it. */
            lateReschedules?: ("refuse" | "mark_late") | null;
            /** @description What else can be chosen beside `durationMinutes`. */
            lengths?: number[];
            /** @description null: as the practitioner has it. */
            gridMinutes?: number | null;
            /** @description null: as the practitioner has it. */
            bufferBeforeMinutes?: number | null;
            /** @description null: as the practitioner has it. */
            bufferAfterMinutes?: number | null;
            /** @description null: none is told. */
            price?: {
                /** @description In the smallest unit of the currency: cents. */
                amountMinor: number;
                /** @description ISO 4217 */
                currency: string;
            } | null;
            modes?: ("online" | "in_person" | "phone")[];
            /** @description Seats of one session. More than 1: a group, of which each client books one seat. */
            capacity?: number;
            /** @description What each session takes besides the practitioner’s time: all, or it is not booked. */
            needs?: {
                /**
                 * @description `video_host`: an account that hosts meetings of people who have none of their own.
                 * @enum {unknown}
                 */
                kind: "room" | "equipment" | "video_host";
                /** @description One of these, the first that is free. Left out: any of the kind. */
                anyOf?: number[];
            }[];
        };
        ResourcePage: {
            resources: components["schemas"]["Resource"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        Resource: {
            id: number;
            /**
             * @description `video_host`: an account that hosts meetings of people who have none of their own.
             * @enum {unknown}
             */
            kind: "room" | "equipment" | "video_host";
            /** Format: plain-text */
            name: string;
            /** @description Where it is, for people to read. */
            locationId: number | null;
            /** @description Of a video host: who it is at the provider; meetings of sessions that were given it are made there. */
            address: string | null;
            /** @description So many sessions can have it at once: chairs of a kind, or the meetings an account may hold. */
            units: number;
            /** @description false: retired. Nothing new is given it; what was agreed stays. */
            active: boolean;
            revision: number;
        };
        NewResource: {
            /**
             * @description `video_host`: an account that hosts meetings of people who have none of their own.
             * @enum {unknown}
             */
            kind: "room" | "equipment" | "video_host";
            /** Format: plain-text */
            name: string;
            /** @description Where it is, for people to read. */
            locationId?: number | null;
            /** @description Of a video host: who it is at the provider; meetings of sessions that were given it are made there. */
            address?: string | null;
            /** @description So many sessions can have it at once: chairs of a kind, or the meetings an account may hold. */
            units?: number;
            /** @description false: retired. Nothing new is given it; what was agreed stays. */
            active?: boolean;
        };
        ResourceChange: {
            /** Format: plain-text */
            name?: string;
            /** @description Where it is, for people to read. */
            locationId?: number | null;
            /** @description Of a video host: who it is at the provider; meetings of sessions that were given it are made there. */
            address?: string | null;
            /** @description So many sessions can have it at once: chairs of a kind, or the meetings an account may hold. */
            units?: number;
            /** @description false: retired. Nothing new is given it; what was agreed stays. */
            active?: boolean;
        };
        WeeklyHoursInForce: {
            /** @description The zone the hours are in. */
            timeZone: string;
            /** @description None: she does not work. */
            hours: components["schemas"]["WeeklyHoursEntry"][];
            /** @description The number in the ETag; rises with every change to what can be booked. */
            version: number;
        };
        WeeklyHoursEntry: {
            /** @enum {unknown} */
            weekday: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
            from: string;
            /** @description 24:00 is the end of the day; earlier than `from` is on the next day. */
            to: string;
            /** @description Where she then is; the hours are in that location’s zone. Without it in her own. */
            locationId?: number;
        };
        /** @description All her hours; they replace those before. */
        WeeklyHours: {
            /** @description None: she does not work. */
            hours: components["schemas"]["WeeklyHoursEntry"][];
        };
        HoursPlanList: {
            /** @description The zone the hours are in. */
            timeZone: string;
            plans: components["schemas"]["HoursPlan"][];
            /** @description The number in the ETag; rises with every change to what can be booked. */
            version: number;
        };
        HoursPlan: {
            id: number;
            /** @description The first date on which they hold; null: from ever on, for a session type alone. */
            firstDate: string | null;
            /** @description The last date on which they hold; null: until others begin. */
            lastDate: string | null;
            /** @description The session type they hold for; null: for all that have no hours of their own. */
            sessionTypeId: number | null;
            /** @description None: she does not work. */
            hours: components["schemas"]["WeeklyHoursEntry"][];
        };
        HoursPlanInForce: {
            /** @description The zone the hours are in. */
            timeZone: string;
            plan: components["schemas"]["HoursPlan"];
            /** @description The number in the ETag; rises with every change to what can be booked. */
            version: number;
        };
        /** @description Hours instead of the weekly ones: from a date on, until one, or for a session type. */
        HoursPlanAsked: {
            /** @description The first date on which they hold; null: from ever on, for a session type alone. */
            firstDate?: string | null;
            /** @description The last date on which they hold; null: until others begin. */
            lastDate?: string | null;
            /** @description The session type they hold for; null: for all that have no hours of their own. */
            sessionTypeId?: number | null;
            /** @description None: she does not work. */
            hours: components["schemas"]["WeeklyHoursEntry"][];
        };
        /** @description Removed; the version the schedule has now. */
        ScheduleVersion: {
            /** @description The number in the ETag; rises with every change to what can be booked. */
            version: number;
        };
        DateOverridePage: {
            /** @description The zone the hours are in. */
            timeZone: string;
            overrides: components["schemas"]["DateOverride"][];
            /** @description The number in the ETag; rises with every change to what can be booked. */
            version: number;
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        DateOverride: {
            /** Format: date */
            date: string;
            /** @description None: closed on that date. */
            hours: components["schemas"]["DayHoursEntry"][];
        };
        DayHoursEntry: {
            from: string;
            /** @description 24:00 is the end of the day; earlier than `from` is on the next day. */
            to: string;
            /** @description Where she then is; the hours are in that location’s zone. Without it in her own. */
            locationId?: number;
        };
        DateOverrideInForce: {
            /** @description The zone the hours are in. */
            timeZone: string;
            override: components["schemas"]["DateOverride"];
            /** @description The number in the ETag; rises with every change to what can be booked. */
            version: number;
        };
        DateOverrideAsked: {
            /** @description None: closed on that date. */
            hours: components["schemas"]["DayHoursEntry"][];
        };
        TimeOffPage: {
            /** @description Her zone. */
            timeZone: string;
            timeOff: components["schemas"]["TimeOff"][];
            /** @description The number in the ETag; for If-Match. */
            version: number;
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        TimeOff: {
            id: number;
            /**
             * Format: date
             * @description First whole day off, in her zone. With `lastDate`.
             */
            firstDate?: string;
            /**
             * Format: date
             * @description Last whole day off, included.
             */
            lastDate?: string;
            /**
             * Format: wall-or-instant
             * @description When it begins, where it is not whole days: wall time in her zone, or an instant. With `end`.
             */
            start?: string;
            /**
             * Format: wall-or-instant
             * @description When it ends.
             */
            end?: string;
            /** @description It recurs: an RRULE (RFC 5545) of days, weeks, months or years. It names the dates on which the time off begins, from `firstDate` or that of `start` on, which counts only where the rule names it. `UNTIL` is a date, included. `start` and `end` are then wall time. */
            rule?: string;
            /** @description Dates on which it does not recur. */
            exceptDates?: string[];
        };
        TimeOffInForce: {
            /** @description Her zone. */
            timeZone: string;
            timeOff: components["schemas"]["TimeOff"];
            /** @description The number in the ETag; for If-Match. */
            version: number;
        };
        TimeOffAsked: {
            /**
             * Format: date
             * @description First whole day off, in her zone. With `lastDate`.
             */
            firstDate?: string;
            /**
             * Format: date
             * @description Last whole day off, included.
             */
            lastDate?: string;
            /**
             * Format: wall-or-instant
             * @description When it begins, where it is not whole days: wall time in her zone, or an instant. With `end`.
             */
            start?: string;
            /**
             * Format: wall-or-instant
             * @description When it ends.
             */
            end?: string;
            /** @description It recurs: an RRULE (RFC 5545) of days, weeks, months or years. It names the dates on which the time off begins, from `firstDate` or that of `start` on, which counts only where the rule names it. `UNTIL` is a date, included. `start` and `end` are then wall time. */
            rule?: string;
            /** @description Dates on which it does not recur. */
            exceptDates?: string[];
        };
        /** @description What taking it would meet; nothing was taken. */
        TimeOffPreview: {
            /** @enum {boolean} */
            dryRun: true;
            /** @description Her zone. */
            timeZone: string;
            timeOff: components["schemas"]["TimeOffAsked"];
            /** @description The number in the ETag; for If-Match. */
            version: number;
            /** @description Who has an appointment in it that is not over, by start. An API key is told with `appointments:read` alone. */
            affected?: {
                appointmentId: number;
                sessionTypeId: number;
                /** Format: date-time */
                start: string;
                /** Format: date-time */
                end: string;
                userId: string;
                userName: string;
            }[];
            /** @description There are others after these. */
            moreAffected?: boolean;
        };
        TimeOffTaken: {
            /** @description Her zone. */
            timeZone: string;
            timeOff: components["schemas"]["TimeOff"];
            /** @description The number in the ETag; for If-Match. */
            version: number;
            /** @description Who has an appointment in it that is not over, by start. An API key is told with `appointments:read` alone. */
            affected?: {
                appointmentId: number;
                sessionTypeId: number;
                /** Format: date-time */
                start: string;
                /** Format: date-time */
                end: string;
                userId: string;
                userName: string;
            }[];
            /** @description There are others after these. */
            moreAffected?: boolean;
        };
        TimeOffChanged: components["schemas"]["TimeOffTaken"] | components["schemas"]["TimeOffPreview"];
        Holidays: {
            region: string | null;
            /** @description Those of the next 400 days, from today in her zone. She is closed unless the date has hours of its own. */
            holidays: {
                /** Format: date */
                date: string;
                name: string;
            }[];
            /** @description The number in the ETag; for If-Match. */
            version: number;
        };
        HolidaysAsked: {
            /** @description null: no holidays are kept. */
            region: string | null;
        };
        HolidayRegions: {
            regions: {
                /** @description A country (ISO 3166), or a part of one. */
                code: string;
                name: string;
            }[];
        };
        LocationPage: {
            locations: components["schemas"]["Location"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        Location: {
            id: number;
            /** Format: plain-text */
            name: string;
            /**
             * Format: iana-zone
             * @description The zone of hours worked there.
             */
            timeZone: string;
            address: string | null;
            revision: number;
        };
        NewLocation: {
            /** Format: plain-text */
            name: string;
            /**
             * Format: iana-zone
             * @description The zone of hours worked there.
             */
            timeZone: string;
            address?: string | null;
        };
        LocationChange: {
            /** Format: plain-text */
            name?: string;
            /**
             * Format: iana-zone
             * @description The zone of hours worked there.
             */
            timeZone?: string;
            address?: string | null;
        };
        LocationRemoved: {
            /** @enum {boolean} */
            success: true;
            message: string;
        };
        /** @description Every start of the grid within working hours; `date` and `timeSlots` for one day, `days` for several. */
        Availability: {
            practitionerId: number;
            /** Format: date */
            date?: string;
            timeSlots?: components["schemas"]["TimeSlot"][];
            /** @description With `explain`: starts of her hours that clocks jump over on that date; in another `timeZone`, those of the jumps that happen on it. */
            skipped?: {
                /**
                 * Format: date
                 * @description As `time`, on the wall of the hours.
                 */
                date: string;
                /** @description `HH:mm`. */
                time: string;
                /**
                 * Format: iana-zone
                 * @description Whose wall that is: the practitioner’s or a location’s.
                 */
                timeZone: string;
                reasons: string[];
                because: components["schemas"]["Because"][];
            }[];
            days?: {
                /** Format: date */
                date: string;
                timeSlots: components["schemas"]["TimeSlot"][];
                /** @description With `explain`: starts of her hours that clocks jump over on that date; in another `timeZone`, those of the jumps that happen on it. */
                skipped?: {
                    /**
                     * Format: date
                     * @description As `time`, on the wall of the hours.
                     */
                    date: string;
                    /** @description `HH:mm`. */
                    time: string;
                    /**
                     * Format: iana-zone
                     * @description Whose wall that is: the practitioner’s or a location’s.
                     */
                    timeZone: string;
                    reasons: string[];
                    because: components["schemas"]["Because"][];
                }[];
            }[];
            /** Format: iana-zone */
            timeZone: string;
            sessionType: {
                id: number;
                name: string;
                durationMinutes: number;
            };
            /** Format: iana-zone */
            practitionerTimeZone: string;
        };
        TimeSlot: {
            /** @description Start on the wall. */
            time: string;
            available: boolean;
            /**
             * Format: date-time
             * @description The instant it starts, with the offset of `timeZone`.
             */
            start: string;
            /** Format: date-time */
            end: string;
            /** @description Why not, where it is not available. */
            reasons?: ("time_in_past" | "outside_hours" | "not_on_grid" | "notice_too_short" | "beyond_horizon" | "slot_taken" | "already_booked" | "full" | "room_taken" | "equipment_taken" | "video_host_taken" | "booking_limit_reached" | "client_limit_reached")[];
            /** @description Of a group: how many can still come. Of a session that nobody has booked yet, all. */
            seatsLeft?: number;
            /** @description With `explain`: all that stands against it. Empty: it can be booked. */
            because?: components["schemas"]["Because"][];
        };
        /** @description Ids and limits are told to those who manage her. */
        Because: {
            /**
             * @description Closed; a later version may add some.
             *
             *     - `time_in_past`: it has passed.
             *     - `notice_too_short`: it is sooner than her notice.
             *     - `beyond_horizon`: it is further ahead than her horizon.
             *     - `not_on_grid`: sessions do not start then.
             *     - `no_hours`: she has no hours then.
             *     - `does_not_fit`: it begins within hours and would end after them.
             *     - `date_override`: that date has other hours, or none.
             *     - `holiday`: it is a public holiday.
             *     - `time_off`: she is away (told to those who manage her).
             *     - `taken`: somebody has that time, or what lies around it.
             *     - `busy`: a session is then (told to those who manage her).
             *     - `buffer`: the time between sessions would be too short (told to those who manage her).
             *     - `hold`: somebody is about to book it (told to those who manage her).
             *     - `full`: all seats of the session are taken.
             *     - `already_booked`: the client has a seat in the session.
             *     - `room_taken`: no room that the session could have is free.
             *     - `equipment_taken`: equipment that the session needs is not free.
             *     - `video_host_taken`: no account that could host the meeting is free.
             *     - `booking_limit_reached`: she gives no more in that day, week or month.
             *     - `client_limit_reached`: she gives the client no more in that day, week or month.
             *     - `clock_gap`: clocks jump over it.
             * @enum {unknown}
             */
            code: "time_in_past" | "notice_too_short" | "beyond_horizon" | "not_on_grid" | "no_hours" | "does_not_fit" | "date_override" | "holiday" | "time_off" | "taken" | "busy" | "buffer" | "hold" | "full" | "already_booked" | "room_taken" | "equipment_taken" | "video_host_taken" | "booking_limit_reached" | "client_limit_reached" | "clock_gap";
            /** @description The reason it is of, and the code a booking would meet. */
            reason: string;
            /**
             * Format: date
             * @description Of `date_override` and `holiday`.
             */
            date?: string;
            holiday?: string;
            /**
             * Format: date-time
             * @description Of `notice_too_short`: the last instant at which it could be booked.
             */
            bookBy?: string;
            /**
             * Format: date-time
             * @description Of `beyond_horizon`: the instant from which it lies within her horizon.
             */
            opensAt?: string;
            /**
             * Format: date
             * @description Of `beyond_horizon`, in place of `opensAt`: the last date that can be booked at all, in her zone.
             */
            lastDate?: string;
            /** @description The one that would be passed. */
            limit?: {
                [key: string]: unknown;
            };
            timeOffId?: number;
            /** @description Of the room, equipment or video host that is taken. */
            resourceId?: number;
            sessionId?: number;
            appointmentIds?: number[];
            holdId?: number;
        };
        AvailabilityAmong: {
            /** Format: iana-zone */
            timeZone: string;
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
            /** @description How many practitioners match what was asked, free or not. */
            asked: number;
            /** @description Of `next` and `first`, in order of time. */
            timeSlots?: components["schemas"]["AvailabilityTime"][];
            /** @description Those whom `timeSlots` name, and what they would be booked for. */
            practitioners?: {
                id: number;
                name: string;
                /** Format: iana-zone */
                timeZone: string;
                languages: string[];
                sessionType: {
                    id: number;
                    name: string;
                    durationMinutes: number;
                };
            }[];
            /** @description Pass back as `cursor` for more. */
            nextCursor?: string | null;
            /** @description Of `counts`: every day asked for. */
            days?: {
                /** Format: date */
                date: string;
                /** @description Starts that can be booked, of all together. */
                free: number;
                /** @description How many of them have one. */
                practitioners: number;
            }[];
        };
        AvailabilityTime: {
            /** @description Whose time it is; with `any`, whom to book it with. */
            practitionerId: number;
            /**
             * Format: date
             * @description In `timeZone`.
             */
            date: string;
            /** @description Start on the wall of `timeZone`. */
            time: string;
            /**
             * Format: date-time
             * @description The instant it starts, with the offset of `timeZone`.
             */
            start: string;
            /** Format: date-time */
            end: string;
            /** @description Of a group: how many can still come. */
            seatsLeft?: number;
            /** @description With `any`: how many practitioners are free then. */
            free?: number;
        };
        NewAppointment: {
            /**
             * Format: plain-text
             * @description The subject of the client, opaque
             */
            userId: string;
            practitionerId: number;
            /**
             * Format: plain-text
             * @description If given, must be the name that is stored.
             */
            practitionerName?: string;
            /**
             * Format: date
             * @description In the practitioner’s zone, or in `timeZone`.
             */
            date: string;
            /** Format: start-time */
            time: string;
            /**
             * Format: iana-zone
             * @description The zone of `date` and `time`, where it is another.
             */
            timeZone?: string;
            /** @description By name, whatever its case, or id. */
            sessionType: string | number;
            /** @description Of the lengths the session type is held at; its own without one. */
            durationMinutes?: number;
            /**
             * @description Of the ways it is held. A video meeting is `online`, said or not.
             * @enum {unknown}
             */
            mode?: "online" | "in_person" | "phone";
            /** Format: e-mail */
            userEmail: string;
            /**
             * Format: plain-text
             * @description May be left out where the token of a client says how she is called.
             */
            userName?: string;
            /** @description Kept for reminders by SMS, in E.164. `null` takes it back; left out, it stays as it is. */
            userPhone?: string | null;
            videoMeetingConfig?: {
                /** @enum {unknown} */
                platform: "zoom" | "google-meet" | "teams";
                /**
                 * Format: e-mail
                 * @description If given, must be the practitioner’s.
                 */
                hostEmail?: string;
            };
            override?: components["schemas"]["Override"];
            /** @description A live hold of this very time: booking with it succeeds. */
            holdId?: number;
        };
        /** @description For staff alone: book or move it though a rule of availability is against it. */
        Override: {
            /**
             * Format: plain-lines
             * @description Why, in a person’s words. Kept with the appointment, mailed to nobody.
             */
            reason: string;
        };
        AppointmentCreated: {
            /** @enum {boolean} */
            success: true;
            appointmentId: number;
            /**
             * @description There where it is a request: it must be approved, and has no meeting yet.
             * @enum {string}
             */
            status?: "pending";
            override?: components["schemas"]["Overridden"];
            meetingDetails?: components["schemas"]["MeetingDetails"];
            /**
             * @description There where nothing leaves this machine.
             * @enum {boolean}
             */
            sandbox?: true;
        };
        /** @description There where a rule was overridden, for its host, staff and services. */
        Overridden: {
            reason: string;
            /** @description The rules that were against it. */
            overrode: ("time_in_past" | "outside_hours" | "not_on_grid" | "notice_too_short" | "beyond_horizon" | "slot_taken" | "already_booked" | "full" | "room_taken" | "equipment_taken" | "video_host_taken" | "booking_limit_reached" | "client_limit_reached")[];
        };
        /** @description Left out where there is no meeting and none will come: not asked for, cancelled, or over without one. */
        MeetingDetails: {
            /** @enum {unknown} */
            platform: "zoom" | "google-meet" | "teams";
            meetingUrl?: string;
            meetingId?: string;
            meetingPassword?: string;
            /**
             * @description `pending`: it is being made, ask again. `failed`: somebody must change something at the provider first.
             * @enum {unknown}
             */
            status: "ready" | "pending" | "failed";
        };
        Cancellation: {
            /** Format: plain-lines */
            reason?: string;
        };
        Done: {
            /** @enum {boolean} */
            success: true;
            message: string;
        };
        Reschedule: {
            /** Format: date */
            newDate: string;
            /** Format: start-time */
            newTime: string;
            /** Format: iana-zone */
            timeZone?: string;
            override?: components["schemas"]["Override"];
        };
        Moved: {
            /** @enum {boolean} */
            success: true;
            message: string;
            override?: components["schemas"]["Overridden"];
        };
        AppointmentWithActions: {
            id: number;
            practitionerId: number;
            practitionerName: string;
            /**
             * Format: date
             * @description In `timeZone`.
             */
            date: string;
            /** Format: wall-time */
            time: string;
            sessionType: string;
            /** @enum {unknown} */
            status: "pending" | "confirmed" | "cancelled" | "completed" | "no_show";
            meetingDetails?: components["schemas"]["MeetingDetails"];
            /** Format: date-time */
            start: string;
            /** Format: date-time */
            end: string;
            /**
             * Format: iana-zone
             * @description The practitioner’s, in which the time was agreed.
             */
            timeZone: string;
            durationMinutes: number;
            /**
             * @description As it was said at booking.
             * @enum {unknown}
             */
            mode?: "online" | "in_person" | "phone";
            /** @description Of a group: the seats of its session, of which this appointment is one. */
            capacity?: number;
            /** @description Rises with every change. */
            revision: number;
            /** @enum {unknown} */
            cancelledBy?: "client" | "practitioner" | "staff" | "service";
            /** Format: date-time */
            cancelledAt?: string;
            /**
             * @description Of a request: whose word it waits for.
             * @enum {unknown}
             */
            awaits?: "practitioner" | "client";
            /**
             * Format: date-time
             * @description Of a request: until when; then it has lapsed.
             */
            decideBy?: string;
            /**
             * @description How a request ended.
             * @enum {unknown}
             */
            decision?: "approved" | "accepted" | "declined" | "lapsed";
            /**
             * @description Cancelled within the window, by whomever.
             * @enum {boolean}
             */
            lateCancellation?: true;
            /** @description How often it was moved within the window. */
            lateMoves?: number;
            /** @description Of one of the dates of a series. */
            seriesId?: number;
            /** @description Which of its dates, from 1. */
            seriesIndex?: number;
            /** @description What its session has been given. Hosts of video meetings are shown to those who run it. */
            resources?: {
                id: number;
                /** @enum {unknown} */
                kind: "room" | "equipment" | "video_host";
                name: string;
            }[];
            /** @description Of a group, for those who run it: whose seats are taken. */
            seats?: {
                taken: number;
                appointmentIds: number[];
            };
            /** @description What whoever asks could do with it now. */
            actions: {
                cancel: components["schemas"]["Action"];
                reschedule: components["schemas"]["Action"];
            };
            override?: components["schemas"]["Overridden"];
            /** @description For hosts alone: whose address is not written to, because mail bounced or was called spam. */
            mailTrouble?: {
                client?: components["schemas"]["MailTrouble"];
                practitioner?: components["schemas"]["MailTrouble"];
            };
            meeting?: components["schemas"]["MeetingCourse"];
            /**
             * @description For its host, staff and services, from 10 minutes after its end: how it seems to have gone. Left out where nobody can tell. It decides nothing by itself; see `autoClose` of the practitioner.
             * @enum {unknown}
             */
            suggestedOutcome?: "completed" | "no_show";
        };
        Action: {
            allowed: boolean;
            /**
             * @description Why not: the code with which it would be refused.
             * @enum {unknown}
             */
            reason?: "appointment_cancelled" | "appointment_closed" | "appointment_in_past" | "practitioner_not_bookable" | "cancellation_window_closed" | "reschedule_window_closed";
            /**
             * Format: date-time
             * @description Until when whoever asks may do it, as things are.
             */
            until?: string;
            /**
             * Format: date-time
             * @description After it, it is late. Left out without a window.
             */
            onTimeUntil?: string;
            /** @description Now it would be late. */
            late: boolean;
        };
        /** @description The address is not written to, until staff say otherwise or it changes. */
        MailTrouble: {
            /** @enum {unknown} */
            kind: "bounced" | "complained";
            /**
             * @description `permanent`: nobody reads mail there. `transient`: a full mailbox, a server that was away. `blocked`: this mail or sender is not wanted there. `suppressed`: the mail service will not write there any more. `complaint`: the reader called it spam.
             * @enum {unknown}
             */
            reason: "permanent" | "transient" | "blocked" | "suppressed" | "complaint" | "undetermined";
            /** Format: date-time */
            since: string;
        };
        /** @description What the video provider told of the meeting. Left out where it told nothing, and where cancelled. */
        MeetingCourse: {
            /**
             * Format: date-time
             * @description When the meeting was opened.
             */
            started?: string;
            /**
             * Format: date-time
             * @description When it ended. Left out while it goes on, or where nobody told.
             */
            ended?: string;
            /**
             * Format: date-time
             * @description For its host, staff and services, as all that follows. Left out: the host was not seen.
             */
            hostJoined?: string;
            /**
             * Format: date-time
             * @description Left out while the host is there, or where nobody told.
             */
            hostLeft?: string;
            /** @description Visits besides the host’s. Who they were is not kept. */
            guests?: number;
            /**
             * Format: date-time
             * @description When the first of them came.
             */
            guestJoined?: string;
            /**
             * Format: date-time
             * @description When the last of them left.
             */
            guestLeft?: string;
            /** @description Somebody stood in the waiting room, and no guest came in after. */
            waited?: boolean;
        };
        AppointmentList: {
            appointments: components["schemas"]["Appointment"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        Appointment: {
            id: number;
            practitionerId: number;
            practitionerName: string;
            /**
             * Format: date
             * @description In `timeZone`.
             */
            date: string;
            /** Format: wall-time */
            time: string;
            sessionType: string;
            /** @enum {unknown} */
            status: "pending" | "confirmed" | "cancelled" | "completed" | "no_show";
            meetingDetails?: components["schemas"]["MeetingDetails"];
            /** Format: date-time */
            start: string;
            /** Format: date-time */
            end: string;
            /**
             * Format: iana-zone
             * @description The practitioner’s, in which the time was agreed.
             */
            timeZone: string;
            durationMinutes: number;
            /**
             * @description As it was said at booking.
             * @enum {unknown}
             */
            mode?: "online" | "in_person" | "phone";
            /** @description Of a group: the seats of its session, of which this appointment is one. */
            capacity?: number;
            /** @description Rises with every change. */
            revision: number;
            /** @enum {unknown} */
            cancelledBy?: "client" | "practitioner" | "staff" | "service";
            /** Format: date-time */
            cancelledAt?: string;
            /**
             * @description Of a request: whose word it waits for.
             * @enum {unknown}
             */
            awaits?: "practitioner" | "client";
            /**
             * Format: date-time
             * @description Of a request: until when; then it has lapsed.
             */
            decideBy?: string;
            /**
             * @description How a request ended.
             * @enum {unknown}
             */
            decision?: "approved" | "accepted" | "declined" | "lapsed";
            /**
             * @description Cancelled within the window, by whomever.
             * @enum {boolean}
             */
            lateCancellation?: true;
            /** @description How often it was moved within the window. */
            lateMoves?: number;
            /** @description Of one of the dates of a series. */
            seriesId?: number;
            /** @description Which of its dates, from 1. */
            seriesIndex?: number;
        };
        Closing: {
            /** @enum {boolean} */
            success: true;
            message: string;
            /** @enum {unknown} */
            status: "pending" | "confirmed" | "cancelled" | "completed" | "no_show";
            /** @description For If-Match, in quotation marks. */
            revision: number;
        };
        FreeTimes: {
            /** Format: iana-zone */
            timeZone: string;
            /**
             * @description Why not: the code with which it would be refused.
             * @enum {unknown}
             */
            reason?: "appointment_cancelled" | "appointment_closed" | "appointment_in_past" | "practitioner_not_bookable" | "cancellation_window_closed" | "reschedule_window_closed";
            /** @description `date` and `time` in `timeZone`: as `newDate` and `newTime` of a move with that zone. */
            times: {
                /** Format: date */
                date: string;
                /** Format: wall-time */
                time: string;
                /** Format: date-time */
                start: string;
                /** Format: date-time */
                end: string;
            }[];
        };
        GuestLink: {
            /** @description Sent as a bearer token. Whoever has it manages this one appointment. */
            token: string;
            /** @description The page of MANAGE_URL, the token behind the `#`; null where there is no such page. */
            url: string | null;
            /** Format: date-time */
            expiresAt: string;
        };
        NewSeries: {
            /**
             * Format: plain-text
             * @description The subject of the client, opaque
             */
            userId: string;
            practitionerId: number;
            /**
             * Format: plain-text
             * @description If given, must be the name that is stored.
             */
            practitionerName?: string;
            /**
             * Format: date
             * @description Of the first date, in the practitioner’s zone, or in `timeZone`.
             */
            date: string;
            /**
             * Format: start-time
             * @description Its wall time in the practitioner’s zone stays, whatever clocks do.
             */
            time: string;
            /**
             * Format: iana-zone
             * @description The zone of date and time, where it is another.
             */
            timeZone?: string;
            /** @description By name, whatever its case, or id. */
            sessionType: string | number;
            /** @description Of the lengths the session type is held at; its own without one. */
            durationMinutes?: number;
            /**
             * @description Of the ways it is held. A video meeting is `online`, said or not.
             * @enum {unknown}
             */
            mode?: "online" | "in_person" | "phone";
            /** Format: e-mail */
            userEmail: string;
            /**
             * Format: plain-text
             * @description May be left out where the token of a client says how she is called.
             */
            userName?: string;
            /** @description Kept for reminders by SMS, in E.164. `null` takes it back; left out, it stays as it is. */
            userPhone?: string | null;
            videoMeetingConfig?: {
                /** @enum {unknown} */
                platform: "zoom" | "google-meet" | "teams";
                /**
                 * Format: e-mail
                 * @description If given, must be the practitioner’s.
                 */
                hostEmail?: string;
            };
            repeat: {
                /**
                 * @description `monthly`: on the same weekday of the month as the first date (the third Thursday); a fifth one means the last.
                 * @enum {unknown}
                 */
                frequency: "weekly" | "fortnightly" | "monthly";
                /** @description How many. Or `until`. */
                count?: number;
                /**
                 * Format: date
                 * @description The last day on which one may be; at most 52 dates.
                 */
                until?: string;
                /** @description Monthly: on the last such weekday, which the first date must be. */
                onLast?: boolean;
            };
            /** @description Dates of the rule that are left out. */
            exceptDates?: string[];
            /** @description Other times for single dates, as the alternatives of a dry run name them. */
            instead?: {
                /** @description Which date of the series, from 1. */
                index: number;
                /** Format: date */
                date: string;
                /** Format: wall-time */
                time: string;
            }[];
            /**
             * @description `all_or_nothing`: where one date cannot be had, none is. `the_rest`: those that can, in one act.
             * @enum {unknown}
             */
            take?: "all_or_nothing" | "the_rest";
        };
        SeriesPreview: {
            /** @enum {boolean} */
            dryRun: true;
            /** Format: iana-zone */
            timeZone: string;
            dates: components["schemas"]["SeriesDateResult"][];
        };
        SeriesDateResult: {
            /** @description Which date of the series, from 1. */
            index: number;
            /**
             * Format: date
             * @description On the practitioner’s wall.
             */
            date: string;
            /** Format: wall-time */
            time: string;
            /**
             * Format: date-time
             * @description Left out where clocks jump over it.
             */
            start?: string;
            /** @enum {unknown} */
            result: "free" | "refused";
            /** @description Every reason against it: codes, as a single booking would meet them. */
            reasons?: string[];
            /** @description What stands behind each, as availability with `explain` tells it. */
            because?: ({
                code: string;
                reason: string;
            } & {
                [key: string]: unknown;
            })[];
            /** @description Up to five free times nearest to it. */
            alternatives?: {
                /** Format: date */
                date: string;
                /** Format: wall-time */
                time: string;
                /** Format: date-time */
                start: string;
                /** Format: date-time */
                end: string;
            }[];
            /** @description `time_does_not_exist`: what exists around it. */
            nearest?: {
                /** Format: date */
                date: string;
                /** Format: wall-time */
                time: string;
                /** Format: date-time */
                start: string;
            }[];
        };
        SeriesBooked: {
            /** @enum {boolean} */
            success: true;
            series: components["schemas"]["Series"];
            /** @description The dates that could not be had, with alternatives; empty in a repeat under the same key. */
            refused: components["schemas"]["SeriesDateResult"][];
        };
        Series: {
            id: number;
            practitionerId: number;
            practitionerName: string;
            sessionTypeId: number;
            sessionType: string;
            /** @enum {unknown} */
            frequency: "weekly" | "fortnightly" | "monthly";
            /**
             * Format: iana-zone
             * @description The practitioner’s when it was booked.
             */
            timeZone: string;
            dates: {
                /** @description Which date of the series, from 1. */
                index: number;
                /** Format: date */
                date: string;
                /** Format: wall-time */
                time: string;
                /** Format: date-time */
                start?: string;
                /** Format: date-time */
                end?: string;
                appointmentId?: number;
                /** @enum {unknown} */
                status?: "pending" | "confirmed" | "cancelled" | "completed" | "no_show";
                revision?: number;
                /** @description Of a date that could not be had: what stood against it then. */
                reasons?: string[];
            }[];
        };
        SeriesList: {
            series: {
                id: number;
                userId: string;
                practitionerId: number;
                practitionerName: string;
                sessionTypeId: number;
                sessionType: string;
                /** @enum {unknown} */
                frequency: "weekly" | "fortnightly" | "monthly";
                /** Format: iana-zone */
                timeZone: string;
                /** Format: date-time */
                bookedAt: string;
                /** @description Appointments in it, in whatever state. */
                datesBooked: number;
                /** @description Of these, pending or confirmed. */
                datesOn: number;
                /**
                 * Format: date-time
                 * @description Of those that are on.
                 */
                firstStart?: string;
                /** Format: date-time */
                lastStart?: string;
            }[];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        SeriesCancellation: {
            /** @description Which date of the series, from 1. */
            index: number;
            /**
             * @description This date alone, or it and all that follow.
             * @enum {unknown}
             */
            which: "this" | "following";
            /**
             * @description `all_or_nothing`: where one date cannot be had, none is. `the_rest`: those that can, in one act.
             * @enum {unknown}
             */
            take?: "all_or_nothing" | "the_rest";
            /** Format: plain-lines */
            reason?: string;
        };
        SeriesMove: {
            /** @description Which date of the series, from 1. */
            index: number;
            /**
             * @description This date alone, or it and all that follow.
             * @enum {unknown}
             */
            which: "this" | "following";
            /**
             * Format: date
             * @description Of the date at `index`; those that follow go by the rule from there.
             */
            newDate: string;
            /** Format: start-time */
            newTime: string;
            /**
             * Format: iana-zone
             * @description The zone of date and time, where it is another.
             */
            timeZone?: string;
            /**
             * @description `all_or_nothing`: where one date cannot be had, none is. `the_rest`: those that can, in one act.
             * @enum {unknown}
             */
            take?: "all_or_nothing" | "the_rest";
        };
        SeriesMoved: components["schemas"]["SeriesBooked"] | components["schemas"]["SeriesPreview"];
        NewWaitlistEntry: {
            /**
             * Format: plain-text
             * @description The subject of the client, opaque
             */
            userId: string;
            /** Format: e-mail */
            userEmail: string;
            /**
             * Format: plain-text
             * @description As for a booking.
             */
            userName?: string;
            userPhone?: string | null;
            /** @description None: any. */
            practitionerIds?: number[];
            /** @description By name, whatever its case, or id. */
            sessionType: string | number;
            /**
             * Format: date
             * @description Not before this day; left out: from today on.
             */
            firstDate?: string;
            /**
             * Format: date
             * @description Not after this day, at most 92 days ahead.
             */
            lastDate: string;
            /**
             * Format: iana-zone
             * @description Of days and hours; left out: each practitioner’s own.
             */
            timeZone?: string;
            /** @description Hours of the week that suit; none: any. */
            windows?: {
                /** @description None: all. */
                weekdays?: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
                /**
                 * Format: wall-time
                 * @description Not earlier than this.
                 */
                from?: string;
                /**
                 * Format: wall-time
                 * @description Over by this.
                 */
                to?: string;
            }[];
            videoMeetingConfig?: {
                /** @enum {unknown} */
                platform: "zoom" | "google-meet" | "teams";
            };
        };
        WaitlistEntry: {
            id: number;
            userId: string;
            sessionTypeId: number;
            /** @description None: any. */
            practitionerIds: number[];
            /** Format: date */
            firstDate: string;
            /** Format: date */
            lastDate: string;
            /** Format: iana-zone */
            timeZone?: string;
            /** @description Hours of the week that suit; none: any. */
            windows: {
                /** @description None: all. */
                weekdays?: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
                /**
                 * Format: wall-time
                 * @description Not earlier than this.
                 */
                from?: string;
                /**
                 * Format: wall-time
                 * @description Over by this.
                 */
                to?: string;
            }[];
            /**
             * @description `offered`: a time is kept for it. `ended`: by itself, `endedBecause` says why.
             * @enum {unknown}
             */
            state: "waiting" | "offered" | "booked" | "left" | "ended";
            /**
             * @description `days_over`; `offers_lapsed`: it let several pass; `shared_now`: it waited for what became a group, before seats were waited for.
             * @enum {unknown}
             */
            endedBecause?: "days_over" | "offers_lapsed" | "shared_now";
            /** Format: date-time */
            createdAt: string;
            sessionType: string;
            offers: components["schemas"]["Offer"][];
        };
        Offer: {
            id: number;
            /**
             * @description `waitlist`: accepted, it is a new appointment. `move`: the appointment moves there.
             * @enum {unknown}
             */
            kind: "waitlist" | "move";
            /** @enum {unknown} */
            state: "open" | "accepted" | "declined" | "lapsed" | "withdrawn";
            /**
             * Format: date-time
             * @description Until then each of its times is kept.
             */
            expiresAt: string;
            /** Format: date-time */
            answeredAt?: string;
            /**
             * Format: date-time
             * @description When the letter left.
             */
            toldAt?: string;
            waitlistEntryId?: number;
            /** @description The one to be moved, or the one that it became. */
            appointmentId?: number;
            timeOffId?: number;
            times: {
                /** @description To accept it. */
                choice: number;
                holdId: number;
                practitionerId: number;
                /**
                 * Format: date
                 * @description In `timeZone`.
                 */
                date: string;
                /** Format: wall-time */
                time: string;
                /** Format: iana-zone */
                timeZone: string;
                /** Format: date-time */
                start: string;
                /** Format: date-time */
                end: string;
            }[];
        };
        Waitlist: {
            entries: {
                id: number;
                userId: string;
                sessionTypeId: number;
                /** @description None: any. */
                practitionerIds: number[];
                /** Format: date */
                firstDate: string;
                /** Format: date */
                lastDate: string;
                /** Format: iana-zone */
                timeZone?: string;
                /** @description Hours of the week that suit; none: any. */
                windows: {
                    /** @description None: all. */
                    weekdays?: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
                    /**
                     * Format: wall-time
                     * @description Not earlier than this.
                     */
                    from?: string;
                    /**
                     * Format: wall-time
                     * @description Over by this.
                     */
                    to?: string;
                }[];
                /**
                 * @description `offered`: a time is kept for it. `ended`: by itself, `endedBecause` says why.
                 * @enum {unknown}
                 */
                state: "waiting" | "offered" | "booked" | "left" | "ended";
                /**
                 * @description `days_over`; `offers_lapsed`: it let several pass; `shared_now`: it waited for what became a group, before seats were waited for.
                 * @enum {unknown}
                 */
                endedBecause?: "days_over" | "offers_lapsed" | "shared_now";
                /** Format: date-time */
                createdAt: string;
            }[];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        OfferAcceptance: {
            /** @description Which of its times; left out: the first. */
            choice?: number;
        };
        AlternativesAsked: {
            /** @description For each appointment at most so many; left out: 3. */
            alternatives?: number;
            /** @description So long they are kept, and not beyond the first of them; left out: 48. */
            answerWithinHours?: number;
        };
        Alternatives: {
            offers: components["schemas"]["Offer"][];
            /** @description Appointments in the time off for which nothing could be offered, or was yet: a person must call. */
            withoutOffer: number[];
        };
        NewHold: {
            practitionerId: number;
            /** @description By name, whatever its case, or id. */
            sessionType: string | number;
            /** @description Of the lengths the session type is held at; its own without one. */
            durationMinutes?: number;
            /**
             * Format: date
             * @description In the practitioner’s zone, or in `timeZone`.
             */
            date: string;
            /** Format: start-time */
            time: string;
            /**
             * Format: iana-zone
             * @description The zone of `date` and `time`, where it is another.
             */
            timeZone?: string;
            /**
             * Format: plain-text
             * @description For whom, where staff or a service holds: that client alone may then have it. A client’s own.
             */
            userId?: string;
        };
        Hold: {
            id: number;
            practitionerId: number;
            sessionTypeId: number;
            sessionType: string;
            /**
             * Format: date
             * @description In `timeZone`.
             */
            date: string;
            /** Format: wall-time */
            time: string;
            /**
             * Format: iana-zone
             * @description The practitioner’s when it was placed.
             */
            timeZone: string;
            /** Format: date-time */
            start: string;
            /** Format: date-time */
            end: string;
            /**
             * Format: date-time
             * @description Until then booking with it succeeds.
             */
            expiresAt: string;
            /**
             * @description `confirmed`: it has become an appointment. `expired`: it ran out.
             * @enum {unknown}
             */
            state: "open" | "confirmed" | "released" | "expired";
        };
        Phone: {
            /** @description In E.164; `null` erases it. */
            phone: string | null;
        };
        Proposal: {
            /** Format: date */
            newDate: string;
            /** Format: start-time */
            newTime: string;
            /** Format: iana-zone */
            timeZone?: string;
        };
        AppointmentLetters: {
            letters: components["schemas"]["AppointmentLetter"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        AppointmentLetter: {
            id: number;
            /** @enum {unknown} */
            recipient: "client" | "practitioner";
            /** @description `email`; a later version may add others. */
            channel: string;
            /**
             * @description `link_missing`: the meeting cannot be made; told to the practitioner.
             * @enum {unknown}
             */
            kind: "confirmation" | "change" | "link" | "link_missing" | "cancellation" | "reminder" | "request" | "proposal" | "declined" | "offer";
            /** @description Of the appointment it told of. */
            revision: number;
            /**
             * @description `unknown`: it may have arrived. `superseded`: overtaken before it left. `refused`: the mail service will not take it, or the address is not written to. `overtaken`: it may have arrived, and a later letter tells what is true now.
             * @enum {unknown}
             */
            status: "queued" | "sending" | "sent" | "unknown" | "superseded" | "refused" | "overtaken";
            attempts: number;
            /** Format: date-time */
            sentAt?: string;
            /** Format: date-time */
            nextAttemptAt?: string;
            /** @description Why it was not sent, in codes. */
            error?: string;
            /** @description The mail service that took it. */
            service?: string;
            /** @description What that service calls it. */
            serviceMessageId?: string;
            /**
             * @description What the mail service told of it since, where its webhooks are set up.
             * @enum {unknown}
             */
            delivery?: "delayed" | "delivered" | "bounced" | "complained";
            /**
             * @description `permanent`: nobody reads mail there. `transient`: a full mailbox, a server that was away. `blocked`: this mail or sender is not wanted there. `suppressed`: the mail service will not write there any more. `complaint`: the reader called it spam.
             * @enum {unknown}
             */
            deliveryReason?: "permanent" | "transient" | "blocked" | "suppressed" | "complaint" | "undetermined";
            /** Format: date-time */
            deliveryAt?: string;
        };
        MailTroubleAnswer: {
            mailTrouble: components["schemas"]["MailTrouble"] | null;
        };
        ZoomMeetingRequest: {
            appointmentId: number;
            /**
             * Format: e-mail
             * @description Must be the practitioner’s.
             */
            hostEmail?: string;
            /**
             * Format: e-mail
             * @description Must be the client’s.
             */
            guestEmail?: string;
            /**
             * Format: plain-text
             * @description Used when host, staff or a service asks; from a client checked and ignored.
             */
            topic?: string;
            /**
             * Format: plain-lines
             * @description As for the title.
             */
            agenda?: string;
            /**
             * Format: wall-or-instant
             * @description Must be the appointment’s; wall time in `timeZone` without an offset.
             */
            startTime?: string;
            /**
             * Format: iana-zone
             * @description Of a start without an offset; left out: the practitioner’s.
             */
            timeZone?: string;
            durationMinutes?: number;
        };
        ZoomMeeting: {
            id: string;
            join_url: string;
            password?: string;
            /** @description For the host, staff and services only; fetched fresh. */
            host_url?: string;
        };
        GoogleMeetRequest: {
            appointmentId: number;
            /**
             * Format: e-mail
             * @description Must be the practitioner’s.
             */
            hostEmail?: string;
            /**
             * Format: e-mail
             * @description Must be the client’s.
             */
            guestEmail?: string;
            /**
             * Format: plain-text
             * @description Used when host, staff or a service asks; from a client checked and ignored.
             */
            summary?: string;
            /**
             * Format: plain-lines
             * @description As for the title.
             */
            description?: string;
            /**
             * Format: wall-or-instant
             * @description Must be the appointment’s; wall time in `timeZone` without an offset.
             */
            startDateTime?: string;
            /**
             * Format: iana-zone
             * @description Of a start without an offset; left out: the practitioner’s.
             */
            timeZone?: string;
            duration?: number;
        };
        GoogleMeet: {
            meetingId: string;
            meetingUrl: string;
            eventId: string;
        };
        TeamsMeetingRequest: {
            appointmentId: number;
            /**
             * Format: e-mail
             * @description Must be the practitioner’s.
             */
            hostEmail?: string;
            /**
             * Format: e-mail
             * @description Must be the client’s.
             */
            guestEmail?: string;
            /**
             * Format: plain-text
             * @description Used when host, staff or a service asks; from a client checked and ignored.
             */
            subject?: string;
            /**
             * Format: plain-lines
             * @description As for the title.
             */
            description?: string;
            /**
             * Format: wall-or-instant
             * @description Must be the appointment’s; wall time in `timeZone` without an offset.
             */
            startDateTime?: string;
            /**
             * Format: iana-zone
             * @description Of a start without an offset; left out: the practitioner’s.
             */
            timeZone?: string;
            durationMinutes?: number;
        };
        TeamsMeeting: {
            id: string;
            joinUrl: string;
            /** @description As the meeting bears it. */
            subject: string;
        };
        CalendarEventRequest: {
            appointmentId: number;
            /**
             * Format: e-mail
             * @description Must be the client’s.
             */
            userEmail?: string;
            /**
             * Format: e-mail
             * @description Must be the practitioner’s.
             */
            practitionerEmail?: string;
            /**
             * Format: plain-text
             * @description Used when host, staff or a service asks; from a client checked and ignored.
             */
            title?: string;
            /**
             * Format: plain-lines
             * @description As for the title.
             */
            description?: string;
            /** Format: date */
            date?: string;
            /** Format: start-time */
            time?: string;
            /**
             * Format: iana-zone
             * @description Of a start without an offset; left out: the practitioner’s.
             */
            timeZone?: string;
            duration?: number;
        };
        CalendarEvent: {
            eventId: string;
            /** @enum {boolean} */
            success: true;
        };
        /**
         * @description - `appointment.booked`: An appointment was booked.
         *     - `appointment.requested`: An appointment was asked for, and waits for approval; its time is taken.
         *     - `appointment.approved`: The practitioner approved it: it is confirmed.
         *     - `appointment.declined`: The practitioner declined it.
         *     - `appointment.proposed`: The practitioner proposed another time for it; `from` is the one asked for.
         *     - `appointment.accepted`: The client accepted the time proposed: it is confirmed.
         *     - `appointment.lapsed`: Nobody decided it in time; its time is free again.
         *     - `appointment.rescheduled`: It was moved; `from` is the start it had before.
         *     - `appointment.cancelled`: It was cancelled.
         *     - `appointment.platform_set`: Its meeting platform, or the words on its meeting, were set.
         *     - `appointment.completed`: It took place.
         *     - `appointment.not_attended`: The client did not come.
         *     - `appointment.reopened`: It had been closed by mistake, and is open again.
         *     - `practitioner.added`: A practitioner was added.
         *     - `practitioner.changed`: A practitioner was changed; `fields` names what.
         *     - `weekly_hours.changed`: Weekly hours of a practitioner were changed.
         *     - `session_type.added`: A session type was added.
         *     - `session_type.changed`: A session type was changed; `fields` names what.
         * @enum {unknown}
         */
        EventType: "appointment.booked" | "appointment.requested" | "appointment.approved" | "appointment.declined" | "appointment.proposed" | "appointment.accepted" | "appointment.lapsed" | "appointment.rescheduled" | "appointment.cancelled" | "appointment.platform_set" | "appointment.completed" | "appointment.not_attended" | "appointment.reopened" | "practitioner.added" | "practitioner.changed" | "weekly_hours.changed" | "session_type.added" | "session_type.changed";
        EventPage: {
            events: components["schemas"]["Event"][];
            /** @description Where to go on, at once or later; never null. */
            nextCursor: string;
            /** @description Whether there is more by now. */
            more: boolean;
        };
        /** @description Something that happened. Later versions may add members and types. */
        Event: {
            /** @description The same at every telling: a repeat is known by it. */
            id: string;
            /** @description An EventType, or `webhook.test`. */
            type: string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            timestamp: string;
            subject: {
                kind: string;
                id: number;
            };
            /** @description Counts the events of this subject, of every type. */
            sequence: number;
            data: {
                /** @description The revision the event made. */
                revision: number;
                /** @description Who did it: client, practitioner, staff, service, guest (the client, by a link), or a part of the server. */
                by: string;
                /**
                 * Format: date-time
                 * @description `appointment.rescheduled`: the start before.
                 */
                from?: string;
                /** @description Of a change: the fields changed. */
                fields?: string[];
                /** @description As it was when the event was written, moments after it happened: a later `revision` than the event’s is of a later event, which follows. No names, addresses or links: ask GET /api/appointments/{appointmentId} for these. */
                appointment?: {
                    id: number;
                    revision: number;
                    status: string;
                    /** Format: date-time */
                    start: string;
                    /** Format: date-time */
                    end: string;
                    /** Format: iana-zone */
                    timeZone: string;
                    practitionerId: number;
                    sessionTypeId: number;
                    clientId: number;
                    platform: ("zoom" | "google-meet" | "teams") | null;
                    cancelledBy: string | null;
                    /** @description Of a date of a series. */
                    seriesId?: number;
                };
            };
        };
        NewWebhookEndpoint: {
            /**
             * Format: plain-text
             * @description https://, without user or password, at a public address.
             */
            url: string;
            /** @description The types it is sent; none: all, those of later versions too. */
            events?: components["schemas"]["EventType"][];
            /** Format: plain-text */
            description?: string;
        };
        WebhookEndpointWithSecret: {
            id: number;
            url: string;
            description: string | null;
            events: string[];
            /** @enum {unknown} */
            state: "active" | "paused" | "disabled";
            disabledReason: ("failing" | "gone") | null;
            /** Format: date-time */
            createdAt: string;
            secretVersion: number;
            /** @description So long the secret before signs as well. */
            previousSecretUntil: string | null;
            lastDeliveredAt: string | null;
            /** @description Nothing has been taken since then. */
            failingSince: string | null;
            /** @description Tries in a row without an answer; the more, the longer the wait. */
            unansweredRounds: number;
            lastError: string | null;
            /** @description The same, said to a person. */
            lastErrorText: string | null;
            nextAttemptAt: string | null;
            /** @description Verifies signatures. In this answer alone, and not in a repeat of it: keep it now. */
            secret?: string;
        };
        WebhookEndpointPage: {
            endpoints: components["schemas"]["WebhookEndpoint"][];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        WebhookEndpoint: {
            id: number;
            url: string;
            description: string | null;
            events: string[];
            /** @enum {unknown} */
            state: "active" | "paused" | "disabled";
            disabledReason: ("failing" | "gone") | null;
            /** Format: date-time */
            createdAt: string;
            secretVersion: number;
            /** @description So long the secret before signs as well. */
            previousSecretUntil: string | null;
            lastDeliveredAt: string | null;
            /** @description Nothing has been taken since then. */
            failingSince: string | null;
            /** @description Tries in a row without an answer; the more, the longer the wait. */
            unansweredRounds: number;
            lastError: string | null;
            /** @description The same, said to a person. */
            lastErrorText: string | null;
            nextAttemptAt: string | null;
        };
        WebhookEndpointStanding: {
            id: number;
            url: string;
            description: string | null;
            events: string[];
            /** @enum {unknown} */
            state: "active" | "paused" | "disabled";
            disabledReason: ("failing" | "gone") | null;
            /** Format: date-time */
            createdAt: string;
            secretVersion: number;
            /** @description So long the secret before signs as well. */
            previousSecretUntil: string | null;
            lastDeliveredAt: string | null;
            /** @description Nothing has been taken since then. */
            failingSince: string | null;
            /** @description Tries in a row without an answer; the more, the longer the wait. */
            unansweredRounds: number;
            lastError: string | null;
            /** @description The same, said to a person. */
            lastErrorText: string | null;
            nextAttemptAt: string | null;
            /** @description Events it is still owed. */
            waiting: number;
            /** @description Events that were given up; see replay. */
            dead: number;
        };
        WebhookEndpointChange: {
            /**
             * Format: plain-text
             * @description https://, without user or password, at a public address.
             */
            url?: string;
            /** @description The types it is sent; none: all, those of later versions too. */
            events?: components["schemas"]["EventType"][];
            description?: string | null;
            /**
             * @description Paused, it is sent nothing; what happens is kept for it.
             * @enum {unknown}
             */
            state?: "active" | "paused";
        };
        WebhookEndpointRemoved: {
            /** @enum {boolean} */
            success: true;
            message: string;
        };
        WebhookSecretRotation: {
            /** @description So long both secrets sign; 0 after a leak. */
            overlapHours: number;
        };
        /** @description One event; or all that was given up; or what happened from `from` until just before `to`. */
        WebhookReplay: {
            eventId: string;
        } | {
            /** @enum {boolean} */
            dead: true;
        } | {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
        };
        WebhookTestSent: {
            eventId: string;
        };
        WebhookDeliveryPage: {
            deliveries: {
                eventId: string;
                type: string;
                subject: {
                    kind: string;
                    id: number;
                };
                sequence: number;
                /** Format: date-time */
                timestamp: string;
                /** @enum {unknown} */
                state: "waiting" | "delivered" | "dead";
                attempts: number;
                /** @description The earliest; it waits for earlier events of its subject. */
                nextAttemptAt: string | null;
                settledAt: string | null;
                lastHttpStatus: number | null;
                lastError: string | null;
            }[];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
        WebhookAttemptPage: {
            attempts: {
                eventId: string;
                type: string;
                attempt: number;
                /** Format: date-time */
                at: string;
                durationMs: number;
                /**
                 * @description refused: it answered, and did not take it; failed: it did not answer, or could not.
                 * @enum {unknown}
                 */
                outcome: "delivered" | "refused" | "failed";
                httpStatus: number | null;
                error: string | null;
            }[];
            /** @description Pass back as `cursor` for more. */
            nextCursor: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listFulfilments: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
                /** @description failing: something was refused or did not come about. overdue: late, and in nobody’s hands. open: all. */
                state?: "failing" | "overdue" | "open";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenFulfilmentPage"];
                };
            };
        };
    };
    listFailedLetters: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
                /** @description refused: will not be sent again by itself. unknown: it may have arrived. */
                state?: "refused" | "unknown";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FailedLetterPage"];
                };
            };
        };
    };
    retryFulfilment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                    };
                };
            };
        };
    };
    retryLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                letterId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                    };
                };
            };
        };
    };
    listTroubledAccounts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TroubledAccounts"];
                };
            };
        };
    };
    listDrift: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
                /** @description open: a person decides. mending: being put right. removing, ignored: as decided. settled: over. */
                state?: "mending" | "open" | "removing" | "ignored" | "settled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DriftPage"];
                };
            };
        };
    };
    getSweep: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SweepStatus"];
                };
            };
        };
    };
    decideDrift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                driftId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description mend: an appointment’s own thing, as the appointment says. remove: any other, at the provider. ignore: leave it, until the appointment changes.
                     * @enum {unknown}
                     */
                    decision: "mend" | "remove" | "ignore";
                };
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                    };
                };
            };
        };
    };
    setSweepMode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {unknown} */
                    mode: "mend" | "report";
                };
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                    };
                };
            };
        };
    };
    listConnections: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most one of each provider. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionList"];
                };
            };
        };
    };
    connectAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewConnection"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionBegun"];
                };
            };
        };
    };
    getConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                provider: "zoom" | "google" | "microsoft";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
        };
    };
    endConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                provider: "zoom" | "google" | "microsoft";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionEnded"];
                };
            };
        };
    };
    checkConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                provider: "zoom" | "google" | "microsoft";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyPage"];
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiKey"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyMade"];
                };
            };
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                apiKeyId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                apiKeyId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
        };
    };
    listPractitioners: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PractitionerPage"];
                };
            };
        };
    };
    addPractitioner: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPractitioner"];
            };
        };
        responses: {
            /** @description Address and settings are shown to staff, service keys and herself. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Practitioner"];
                };
            };
        };
    };
    getPractitioner: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Address and settings are shown to staff, service keys and herself. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Practitioner"];
                };
            };
        };
    };
    changePractitioner: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PractitionerChange"];
            };
        };
        responses: {
            /** @description Address and settings are shown to staff, service keys and herself. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Practitioner"];
                };
            };
        };
    };
    listSessionTypes: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionTypePage"];
                };
            };
        };
    };
    addSessionType: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSessionType"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionType"];
                };
            };
        };
    };
    changeSessionType: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionTypeId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionTypeChange"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionType"];
                };
            };
        };
    };
    listResources: {
        parameters: {
            query?: {
                /** @description `video_host`: an account that hosts meetings of people who have none of their own. */
                kind?: "room" | "equipment" | "video_host";
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourcePage"];
                };
            };
        };
    };
    addResource: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewResource"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
        };
    };
    getResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                resourceId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
        };
    };
    changeResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                resourceId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResourceChange"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
        };
    };
    getWeeklyHours: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WeeklyHoursInForce"];
                };
            };
        };
    };
    setWeeklyHours: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WeeklyHours"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WeeklyHoursInForce"];
                };
            };
        };
    };
    listHoursPlans: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoursPlanList"];
                };
            };
        };
    };
    addHoursPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HoursPlanAsked"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoursPlanInForce"];
                };
            };
        };
    };
    getHoursPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                planId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoursPlanInForce"];
                };
            };
        };
    };
    setHoursPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                planId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HoursPlanAsked"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoursPlanInForce"];
                };
            };
        };
    };
    removeHoursPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                planId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed; the version the schedule has now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleVersion"];
                };
            };
        };
    };
    listDateOverrides: {
        parameters: {
            query?: {
                /** @description No earlier than this. */
                from?: string;
                /** @description No later than this. */
                to?: string;
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DateOverridePage"];
                };
            };
        };
    };
    getDateOverride: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                date: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DateOverrideInForce"];
                };
            };
        };
    };
    setDateOverride: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                date: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DateOverrideAsked"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DateOverrideInForce"];
                };
            };
        };
    };
    removeDateOverride: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                date: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed; the version the schedule has now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleVersion"];
                };
            };
        };
    };
    listTimeOff: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimeOffPage"];
                };
            };
        };
    };
    takeTimeOff: {
        parameters: {
            query?: {
                /** @description Tell who would be affected, and take nothing. */
                dryRun?: boolean;
            };
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TimeOffAsked"];
            };
        };
        responses: {
            /** @description What taking it would meet; nothing was taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimeOffPreview"];
                };
            };
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimeOffTaken"];
                };
            };
        };
    };
    getTimeOff: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                timeOffId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimeOffInForce"];
                };
            };
        };
    };
    setTimeOff: {
        parameters: {
            query?: {
                /** @description Tell who would be affected, and take nothing. */
                dryRun?: boolean;
            };
            header?: never;
            path: {
                practitionerId: number;
                timeOffId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TimeOffAsked"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimeOffChanged"];
                };
            };
        };
    };
    removeTimeOff: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                timeOffId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed; the version the schedule has now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleVersion"];
                };
            };
        };
    };
    getHolidays: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Holidays"];
                };
            };
        };
    };
    setHolidays: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HolidaysAsked"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Holidays"];
                };
            };
        };
    };
    listHolidayRegions: {
        parameters: {
            query?: {
                /** @description The parts of this one; without it all countries. */
                within?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HolidayRegions"];
                };
            };
        };
    };
    listLocations: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LocationPage"];
                };
            };
        };
    };
    addLocation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLocation"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"];
                };
            };
        };
    };
    getLocation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                locationId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"];
                };
            };
        };
    };
    removeLocation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                locationId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LocationRemoved"];
                };
            };
        };
    };
    changeLocation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                locationId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LocationChange"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Location"];
                };
            };
        };
    };
    getAvailability: {
        parameters: {
            query?: {
                /** @description One day. Instead of `from` and `to`. */
                date?: string;
                /** @description First of several days; the answer then has `days`. */
                from?: string;
                /** @description Last of several days, included; at most 92 days in all. */
                to?: string;
                /** @description By name or id; without it the first on offer. */
                sessionType?: string;
                /** @description Of the lengths it is held at; its own without one. */
                durationMinutes?: number;
                /** @description `preferred`: as the practitioner would have them taken (`packing`), free ones first. Otherwise by time. */
                order?: "time" | "preferred";
                /** @description With every start her hours could have and all that stands against it, in `because`. At most 31 days. Who manages her is told which appointment or entry. */
                explain?: boolean;
                /** @description Days and labels in this zone; the practitioner’s without it. */
                timeZone?: string;
            };
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every start of the grid within working hours; `date` and `timeSlots` for one day, `days` for several. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Availability"];
                };
            };
        };
    };
    searchAvailability: {
        parameters: {
            query: {
                /** @description Days and labels in this zone: that of whoever looks. */
                timeZone: string;
                /** @description By name or id; without it the first each one offers. */
                sessionType?: string;
                /** @description Any of these ids, with commas between them. */
                practitioner?: string;
                /** @description Any of these (BCP 47), with commas between them. `pt` finds `pt-BR`, too. */
                language?: string;
                /** @description Only times within hours at this location. */
                location?: number;
                /** @description First day; today without it. */
                from?: string;
                /** @description Last day, included; without it two weeks in all. At most 92 days, 42 of `counts`. */
                to?: string;
                /** @description `next`: the soonest free times of all. `first`: of each practitioner the first. `counts`: how many there are on each day. */
                view?: "next" | "first" | "counts";
                /** @description For a client who takes anybody, with `next`: each time once, and whom to book it with: who was booked longest ago, or who has least to do. */
                any?: "least-recently-booked" | "least-loaded";
                /** @description Times in one answer; at most 50 with `any`. */
                limit?: number;
                /** @description `nextCursor` of the answer before, all else unchanged. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AvailabilityAmong"];
                };
            };
        };
    };
    bookAppointment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAppointment"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppointmentCreated"];
                };
            };
        };
    };
    cancelAppointment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Cancellation"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    rescheduleAppointment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reschedule"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Moved"];
                };
            };
        };
    };
    getAppointment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppointmentWithActions"];
                };
            };
        };
    };
    listAppointments: {
        parameters: {
            query?: {
                status?: "pending" | "confirmed" | "cancelled" | "completed" | "no_show";
                /** @description Only those that end after this instant. */
                from?: string;
                /** @description Only those that start before this instant. */
                to?: string;
                /** @description In one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The subject of the client, opaque */
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppointmentList"];
                };
            };
        };
    };
    completeAppointment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Closing"];
                };
            };
        };
    };
    markNoShow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Closing"];
                };
            };
        };
    };
    reopenAppointment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Closing"];
                };
            };
        };
    };
    getGuestAppointment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppointmentWithActions"];
                };
            };
        };
    };
    getFreeTimes: {
        parameters: {
            query: {
                /** @description First day. */
                from: string;
                /** @description Last day, at most 91 later. */
                to: string;
                /** @description Whose days; without it the practitioner’s. */
                timeZone?: string;
            };
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FreeTimes"];
                };
            };
        };
    };
    issueGuestLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GuestLink"];
                };
            };
        };
    };
    revokeGuestLinks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    listSeries: {
        parameters: {
            query?: {
                /** @description Of this client; left out: a client’s own, for staff those of all. */
                userId?: string;
                practitionerId?: number;
                /** @description Of at least one of its dates. */
                status?: "pending" | "confirmed" | "cancelled" | "completed" | "no_show";
                /** @description Such a date ends after this instant. */
                from?: string;
                /** @description Such a date starts before this instant. */
                to?: string;
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesList"];
                };
            };
        };
    };
    bookSeries: {
        parameters: {
            query?: {
                /** @description Tell how each date would fare, and write nothing. */
                dryRun?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSeries"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesPreview"];
                };
            };
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesBooked"];
                };
            };
        };
    };
    getSeries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                seriesId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
        };
    };
    cancelSeries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                seriesId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SeriesCancellation"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesBooked"];
                };
            };
        };
    };
    rescheduleSeries: {
        parameters: {
            query?: {
                /** @description Tell how each date would fare, and write nothing. */
                dryRun?: boolean;
            };
            header?: never;
            path: {
                seriesId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SeriesMove"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesMoved"];
                };
            };
        };
    };
    listWaitlist: {
        parameters: {
            query?: {
                /** @description Those that are over, too. */
                all?: boolean;
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Waitlist"];
                };
            };
        };
    };
    joinWaitlist: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWaitlistEntry"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitlistEntry"];
                };
            };
        };
    };
    getWaitlistEntry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                entryId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitlistEntry"];
                };
            };
        };
    };
    leaveWaitlist: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                entryId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitlistEntry"];
                };
            };
        };
    };
    getGuestOffer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
        };
    };
    getOffer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
        };
    };
    acceptOffer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offerId: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["OfferAcceptance"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
        };
    };
    declineOffer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
        };
    };
    listAlternatives: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                timeOffId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alternatives"];
                };
            };
        };
    };
    offerAlternatives: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
                timeOffId: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AlternativesAsked"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alternatives"];
                };
            };
        };
    };
    holdSlot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewHold"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
        };
    };
    getHold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                holdId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
        };
    };
    releaseHold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                holdId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
        };
    };
    setPhone: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The subject of the client, opaque */
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Phone"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    approveRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Closing"];
                };
            };
        };
    };
    declineRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Cancellation"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Closing"];
                };
            };
        };
    };
    proposeTime: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Proposal"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Closing"];
                };
            };
        };
    };
    acceptProposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Closing"];
                };
            };
        };
    };
    refuseProposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Closing"];
                };
            };
        };
    };
    listAppointmentLetters: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path: {
                appointmentId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppointmentLetters"];
                };
            };
        };
    };
    listOfferLetters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppointmentLetters"];
                };
            };
        };
    };
    getClientMailTrouble: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The subject of the client, opaque */
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailTroubleAnswer"];
                };
            };
        };
    };
    clearClientMailTrouble: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The subject of the client, opaque */
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    getPractitionerMailTrouble: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailTroubleAnswer"];
                };
            };
        };
    };
    clearPractitionerMailTrouble: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                practitionerId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    createZoomMeeting: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ZoomMeetingRequest"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ZoomMeeting"];
                };
            };
        };
    };
    createGoogleMeet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GoogleMeetRequest"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GoogleMeet"];
                };
            };
        };
    };
    createTeamsMeeting: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamsMeetingRequest"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamsMeeting"];
                };
            };
        };
    };
    createCalendarEvent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CalendarEventRequest"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarEvent"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Events in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before; omit for the oldest kept. */
                cursor?: string;
                /** @description Nothing from before it. Events are kept 30 days. */
                since?: string;
                /** @description These alone. */
                types?: components["schemas"]["EventType"][];
                /** @description Events of this appointment alone. */
                appointmentId?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointPage"];
                };
            };
        };
    };
    addWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebhookEndpoint"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
        };
    };
    getWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookEndpointId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointStanding"];
                };
            };
        };
    };
    removeWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookEndpointId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointRemoved"];
                };
            };
        };
    };
    changeWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookEndpointId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEndpointChange"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookEndpointId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookSecretRotation"];
            };
        };
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
        };
    };
    replayWebhookEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookEndpointId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookReplay"];
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointStanding"];
                };
            };
        };
    };
    sendWebhookTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookEndpointId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTestSent"];
                };
            };
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
                state?: "waiting" | "delivered" | "dead";
            };
            header?: never;
            path: {
                webhookEndpointId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryPage"];
                };
            };
        };
    };
    listWebhookAttempts: {
        parameters: {
            query?: {
                /** @description Items in one answer. */
                limit?: number;
                /** @description `nextCursor` of the answer before. */
                cursor?: string;
                eventId?: string;
            };
            header?: never;
            path: {
                webhookEndpointId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookAttemptPage"];
                };
            };
        };
    };
}

/** Where each operation is, and which of its fields travel in the path and in the query. */
export const OPERATIONS = {
  listFulfilments: { method: 'GET', path: '/api/operations/fulfilments', inPath: [], inQuery: ['limit', 'cursor', 'state'] },
  listFailedLetters: { method: 'GET', path: '/api/operations/letters', inPath: [], inQuery: ['limit', 'cursor', 'state'] },
  retryFulfilment: { method: 'POST', path: '/api/operations/fulfilments/{sessionId}/retry', inPath: ['sessionId'], inQuery: [] },
  retryLetter: { method: 'POST', path: '/api/operations/letters/{letterId}/retry', inPath: ['letterId'], inQuery: [] },
  listTroubledAccounts: { method: 'GET', path: '/api/operations/accounts', inPath: [], inQuery: [] },
  listDrift: { method: 'GET', path: '/api/operations/drift', inPath: [], inQuery: ['limit', 'cursor', 'state'] },
  getSweep: { method: 'GET', path: '/api/operations/sweep', inPath: [], inQuery: [] },
  decideDrift: { method: 'POST', path: '/api/operations/drift/{driftId}/decision', inPath: ['driftId'], inQuery: [] },
  setSweepMode: { method: 'POST', path: '/api/operations/sweep/mode', inPath: [], inQuery: [] },
  connectAccount: { method: 'POST', path: '/api/practitioners/{practitionerId}/connections', inPath: ['practitionerId'], inQuery: [] },
  listConnections: { method: 'GET', path: '/api/practitioners/{practitionerId}/connections', inPath: ['practitionerId'], inQuery: [] },
  getConnection: { method: 'GET', path: '/api/practitioners/{practitionerId}/connections/{provider}', inPath: ['practitionerId', 'provider'], inQuery: [] },
  endConnection: { method: 'DELETE', path: '/api/practitioners/{practitionerId}/connections/{provider}', inPath: ['practitionerId', 'provider'], inQuery: [] },
  checkConnection: { method: 'POST', path: '/api/practitioners/{practitionerId}/connections/{provider}/check', inPath: ['practitionerId', 'provider'], inQuery: [] },
  createApiKey: { method: 'POST', path: '/api/api-keys', inPath: [], inQuery: [] },
  listApiKeys: { method: 'GET', path: '/api/api-keys', inPath: [], inQuery: ['limit', 'cursor'] },
  getApiKey: { method: 'GET', path: '/api/api-keys/{apiKeyId}', inPath: ['apiKeyId'], inQuery: [] },
  revokeApiKey: { method: 'DELETE', path: '/api/api-keys/{apiKeyId}', inPath: ['apiKeyId'], inQuery: [] },
  listPractitioners: { method: 'GET', path: '/api/practitioners', inPath: [], inQuery: ['limit', 'cursor'] },
  addPractitioner: { method: 'POST', path: '/api/practitioners', inPath: [], inQuery: [] },
  getPractitioner: { method: 'GET', path: '/api/practitioners/{practitionerId}', inPath: ['practitionerId'], inQuery: [] },
  changePractitioner: { method: 'PATCH', path: '/api/practitioners/{practitionerId}', inPath: ['practitionerId'], inQuery: [] },
  listSessionTypes: { method: 'GET', path: '/api/session-types', inPath: [], inQuery: ['limit', 'cursor'] },
  addSessionType: { method: 'POST', path: '/api/session-types', inPath: [], inQuery: [] },
  changeSessionType: { method: 'PATCH', path: '/api/session-types/{sessionTypeId}', inPath: ['sessionTypeId'], inQuery: [] },
  listResources: { method: 'GET', path: '/api/resources', inPath: [], inQuery: ['kind', 'limit', 'cursor'] },
  addResource: { method: 'POST', path: '/api/resources', inPath: [], inQuery: [] },
  getResource: { method: 'GET', path: '/api/resources/{resourceId}', inPath: ['resourceId'], inQuery: [] },
  changeResource: { method: 'PATCH', path: '/api/resources/{resourceId}', inPath: ['resourceId'], inQuery: [] },
  getWeeklyHours: { method: 'GET', path: '/api/practitioners/{practitionerId}/weekly-hours', inPath: ['practitionerId'], inQuery: [] },
  setWeeklyHours: { method: 'PUT', path: '/api/practitioners/{practitionerId}/weekly-hours', inPath: ['practitionerId'], inQuery: [] },
  listHoursPlans: { method: 'GET', path: '/api/practitioners/{practitionerId}/hours-plans', inPath: ['practitionerId'], inQuery: [] },
  addHoursPlan: { method: 'POST', path: '/api/practitioners/{practitionerId}/hours-plans', inPath: ['practitionerId'], inQuery: [] },
  getHoursPlan: { method: 'GET', path: '/api/practitioners/{practitionerId}/hours-plans/{planId}', inPath: ['practitionerId', 'planId'], inQuery: [] },
  setHoursPlan: { method: 'PUT', path: '/api/practitioners/{practitionerId}/hours-plans/{planId}', inPath: ['practitionerId', 'planId'], inQuery: [] },
  removeHoursPlan: { method: 'DELETE', path: '/api/practitioners/{practitionerId}/hours-plans/{planId}', inPath: ['practitionerId', 'planId'], inQuery: [] },
  listDateOverrides: { method: 'GET', path: '/api/practitioners/{practitionerId}/date-overrides', inPath: ['practitionerId'], inQuery: ['from', 'to', 'limit', 'cursor'] },
  getDateOverride: { method: 'GET', path: '/api/practitioners/{practitionerId}/date-overrides/{date}', inPath: ['practitionerId', 'date'], inQuery: [] },
  setDateOverride: { method: 'PUT', path: '/api/practitioners/{practitionerId}/date-overrides/{date}', inPath: ['practitionerId', 'date'], inQuery: [] },
  removeDateOverride: { method: 'DELETE', path: '/api/practitioners/{practitionerId}/date-overrides/{date}', inPath: ['practitionerId', 'date'], inQuery: [] },
  listTimeOff: { method: 'GET', path: '/api/practitioners/{practitionerId}/time-off', inPath: ['practitionerId'], inQuery: ['limit', 'cursor'] },
  takeTimeOff: { method: 'POST', path: '/api/practitioners/{practitionerId}/time-off', inPath: ['practitionerId'], inQuery: ['dryRun'] },
  getTimeOff: { method: 'GET', path: '/api/practitioners/{practitionerId}/time-off/{timeOffId}', inPath: ['practitionerId', 'timeOffId'], inQuery: [] },
  setTimeOff: { method: 'PUT', path: '/api/practitioners/{practitionerId}/time-off/{timeOffId}', inPath: ['practitionerId', 'timeOffId'], inQuery: ['dryRun'] },
  removeTimeOff: { method: 'DELETE', path: '/api/practitioners/{practitionerId}/time-off/{timeOffId}', inPath: ['practitionerId', 'timeOffId'], inQuery: [] },
  getHolidays: { method: 'GET', path: '/api/practitioners/{practitionerId}/holidays', inPath: ['practitionerId'], inQuery: [] },
  setHolidays: { method: 'PUT', path: '/api/practitioners/{practitionerId}/holidays', inPath: ['practitionerId'], inQuery: [] },
  listHolidayRegions: { method: 'GET', path: '/api/holiday-regions', inPath: [], inQuery: ['within'] },
  listLocations: { method: 'GET', path: '/api/locations', inPath: [], inQuery: ['limit', 'cursor'] },
  addLocation: { method: 'POST', path: '/api/locations', inPath: [], inQuery: [] },
  getLocation: { method: 'GET', path: '/api/locations/{locationId}', inPath: ['locationId'], inQuery: [] },
  changeLocation: { method: 'PATCH', path: '/api/locations/{locationId}', inPath: ['locationId'], inQuery: [] },
  removeLocation: { method: 'DELETE', path: '/api/locations/{locationId}', inPath: ['locationId'], inQuery: [] },
  getAvailability: { method: 'GET', path: '/api/practitioners/{practitionerId}/availability', inPath: ['practitionerId'], inQuery: ['date', 'from', 'to', 'sessionType', 'durationMinutes', 'order', 'explain', 'timeZone'] },
  searchAvailability: { method: 'GET', path: '/api/availability', inPath: [], inQuery: ['timeZone', 'sessionType', 'practitioner', 'language', 'location', 'from', 'to', 'view', 'any', 'limit', 'cursor'] },
  bookAppointment: { method: 'POST', path: '/api/appointments', inPath: [], inQuery: [] },
  cancelAppointment: { method: 'PUT', path: '/api/appointments/{appointmentId}/cancel', inPath: ['appointmentId'], inQuery: [] },
  rescheduleAppointment: { method: 'PUT', path: '/api/appointments/{appointmentId}/reschedule', inPath: ['appointmentId'], inQuery: [] },
  getAppointment: { method: 'GET', path: '/api/appointments/{appointmentId}', inPath: ['appointmentId'], inQuery: [] },
  listAppointments: { method: 'GET', path: '/api/users/{userId}/appointments', inPath: ['userId'], inQuery: ['status', 'from', 'to', 'limit', 'cursor'] },
  completeAppointment: { method: 'PUT', path: '/api/appointments/{appointmentId}/complete', inPath: ['appointmentId'], inQuery: [] },
  markNoShow: { method: 'PUT', path: '/api/appointments/{appointmentId}/no-show', inPath: ['appointmentId'], inQuery: [] },
  reopenAppointment: { method: 'PUT', path: '/api/appointments/{appointmentId}/reopen', inPath: ['appointmentId'], inQuery: [] },
  getGuestAppointment: { method: 'GET', path: '/api/guest', inPath: [], inQuery: [] },
  getFreeTimes: { method: 'GET', path: '/api/appointments/{appointmentId}/free-times', inPath: ['appointmentId'], inQuery: ['from', 'to', 'timeZone'] },
  issueGuestLink: { method: 'POST', path: '/api/appointments/{appointmentId}/guest-link', inPath: ['appointmentId'], inQuery: [] },
  revokeGuestLinks: { method: 'DELETE', path: '/api/appointments/{appointmentId}/guest-link', inPath: ['appointmentId'], inQuery: [] },
  bookSeries: { method: 'POST', path: '/api/series', inPath: [], inQuery: ['dryRun'] },
  listSeries: { method: 'GET', path: '/api/series', inPath: [], inQuery: ['userId', 'practitionerId', 'status', 'from', 'to', 'limit', 'cursor'] },
  getSeries: { method: 'GET', path: '/api/series/{seriesId}', inPath: ['seriesId'], inQuery: [] },
  cancelSeries: { method: 'PUT', path: '/api/series/{seriesId}/cancel', inPath: ['seriesId'], inQuery: [] },
  rescheduleSeries: { method: 'PUT', path: '/api/series/{seriesId}/reschedule', inPath: ['seriesId'], inQuery: ['dryRun'] },
  joinWaitlist: { method: 'POST', path: '/api/waitlist', inPath: [], inQuery: [] },
  listWaitlist: { method: 'GET', path: '/api/waitlist', inPath: [], inQuery: ['all', 'limit', 'cursor'] },
  leaveWaitlist: { method: 'DELETE', path: '/api/waitlist/{entryId}', inPath: ['entryId'], inQuery: [] },
  getWaitlistEntry: { method: 'GET', path: '/api/waitlist/{entryId}', inPath: ['entryId'], inQuery: [] },
  getGuestOffer: { method: 'GET', path: '/api/offer', inPath: [], inQuery: [] },
  getOffer: { method: 'GET', path: '/api/offers/{offerId}', inPath: ['offerId'], inQuery: [] },
  acceptOffer: { method: 'PUT', path: '/api/offers/{offerId}/accept', inPath: ['offerId'], inQuery: [] },
  declineOffer: { method: 'PUT', path: '/api/offers/{offerId}/decline', inPath: ['offerId'], inQuery: [] },
  offerAlternatives: { method: 'POST', path: '/api/practitioners/{practitionerId}/time-off/{timeOffId}/offers', inPath: ['practitionerId', 'timeOffId'], inQuery: [] },
  listAlternatives: { method: 'GET', path: '/api/practitioners/{practitionerId}/time-off/{timeOffId}/offers', inPath: ['practitionerId', 'timeOffId'], inQuery: [] },
  holdSlot: { method: 'POST', path: '/api/holds', inPath: [], inQuery: [] },
  getHold: { method: 'GET', path: '/api/holds/{holdId}', inPath: ['holdId'], inQuery: [] },
  releaseHold: { method: 'DELETE', path: '/api/holds/{holdId}', inPath: ['holdId'], inQuery: [] },
  setPhone: { method: 'PUT', path: '/api/users/{userId}/phone', inPath: ['userId'], inQuery: [] },
  approveRequest: { method: 'PUT', path: '/api/appointments/{appointmentId}/approve', inPath: ['appointmentId'], inQuery: [] },
  declineRequest: { method: 'PUT', path: '/api/appointments/{appointmentId}/decline', inPath: ['appointmentId'], inQuery: [] },
  proposeTime: { method: 'PUT', path: '/api/appointments/{appointmentId}/propose', inPath: ['appointmentId'], inQuery: [] },
  acceptProposal: { method: 'PUT', path: '/api/appointments/{appointmentId}/accept', inPath: ['appointmentId'], inQuery: [] },
  refuseProposal: { method: 'PUT', path: '/api/appointments/{appointmentId}/refuse', inPath: ['appointmentId'], inQuery: [] },
  listAppointmentLetters: { method: 'GET', path: '/api/appointments/{appointmentId}/letters', inPath: ['appointmentId'], inQuery: ['limit', 'cursor'] },
  listOfferLetters: { method: 'GET', path: '/api/offers/{offerId}/letters', inPath: ['offerId'], inQuery: [] },
  getClientMailTrouble: { method: 'GET', path: '/api/users/{userId}/mail-trouble', inPath: ['userId'], inQuery: [] },
  clearClientMailTrouble: { method: 'DELETE', path: '/api/users/{userId}/mail-trouble', inPath: ['userId'], inQuery: [] },
  getPractitionerMailTrouble: { method: 'GET', path: '/api/practitioners/{practitionerId}/mail-trouble', inPath: ['practitionerId'], inQuery: [] },
  clearPractitionerMailTrouble: { method: 'DELETE', path: '/api/practitioners/{practitionerId}/mail-trouble', inPath: ['practitionerId'], inQuery: [] },
  createZoomMeeting: { method: 'POST', path: '/api/create-zoom-meeting', inPath: [], inQuery: [] },
  createGoogleMeet: { method: 'POST', path: '/api/create-google-meet', inPath: [], inQuery: [] },
  createTeamsMeeting: { method: 'POST', path: '/api/create-teams-meeting', inPath: [], inQuery: [] },
  createCalendarEvent: { method: 'POST', path: '/api/create-calendar-event', inPath: [], inQuery: [] },
  listEvents: { method: 'GET', path: '/api/events', inPath: [], inQuery: ['limit', 'cursor', 'since', 'types', 'appointmentId'] },
  addWebhookEndpoint: { method: 'POST', path: '/api/webhook-endpoints', inPath: [], inQuery: [] },
  listWebhookEndpoints: { method: 'GET', path: '/api/webhook-endpoints', inPath: [], inQuery: ['limit', 'cursor'] },
  getWebhookEndpoint: { method: 'GET', path: '/api/webhook-endpoints/{webhookEndpointId}', inPath: ['webhookEndpointId'], inQuery: [] },
  changeWebhookEndpoint: { method: 'PATCH', path: '/api/webhook-endpoints/{webhookEndpointId}', inPath: ['webhookEndpointId'], inQuery: [] },
  removeWebhookEndpoint: { method: 'DELETE', path: '/api/webhook-endpoints/{webhookEndpointId}', inPath: ['webhookEndpointId'], inQuery: [] },
  rotateWebhookSecret: { method: 'POST', path: '/api/webhook-endpoints/{webhookEndpointId}/rotate-secret', inPath: ['webhookEndpointId'], inQuery: [] },
  replayWebhookEvents: { method: 'POST', path: '/api/webhook-endpoints/{webhookEndpointId}/replay', inPath: ['webhookEndpointId'], inQuery: [] },
  sendWebhookTest: { method: 'POST', path: '/api/webhook-endpoints/{webhookEndpointId}/test', inPath: ['webhookEndpointId'], inQuery: [] },
  listWebhookDeliveries: { method: 'GET', path: '/api/webhook-endpoints/{webhookEndpointId}/deliveries', inPath: ['webhookEndpointId'], inQuery: ['limit', 'cursor', 'state'] },
  listWebhookAttempts: { method: 'GET', path: '/api/webhook-endpoints/{webhookEndpointId}/attempts', inPath: ['webhookEndpointId'], inQuery: ['limit', 'cursor', 'eventId'] },
} as const;
