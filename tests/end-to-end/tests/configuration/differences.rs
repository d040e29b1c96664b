//! Where IBM's Python SDK core and ours part, and why. `docs/configuration.md` has a row for each.

/// Something that IBM's core does otherwise.
pub(crate) struct Difference {
    /// What it does.
    pub(crate) theirs: &'static str,
    /// Why ours does not.
    pub(crate) because: &'static str,
    /// The cases of the corpus that show it, each with what IBM's core comes to.
    pub(crate) cases: &'static [(&'static str, &'static str)],
}

/// An option of an instance that no setting names.
pub(crate) struct Default {
    pub(crate) option: &'static str,
    pub(crate) in_theirs: &'static str,
    pub(crate) in_ours: &'static str,
    pub(crate) theirs: &'static str,
    pub(crate) because: &'static str,
}

pub(crate) const DEFAULTS: [Default; 2] = [
    Default {
        option: "version",
        in_theirs: "2022-03-01",
        in_ours: "2025-08-26",
        theirs: "Asks an instance's metadata service by the version date `2022-03-01`",
        because: "since `2025-08-26` the paths are those of bare metal servers as well",
    },
    Default {
        option: "url",
        in_theirs: "http://169.254.169.254",
        in_ours: "whichever answers",
        theirs: "Asks it over http",
        because: "an instance with secure access answers https only; https is tried first (R22)",
    },
];

pub(crate) const DIFFERENCES: [Difference; 27] = [
    Difference {
        theirs: "Chooses nothing where nothing is configured",
        because: "compute has an identity without any setting; which one follows from rule R21",
        cases: &[
            ("nothing configured, nothing that says pod: an instance", "chooses nothing"),
            ("an empty mark is none", "chooses nothing"),
            ("an API key that nobody configured for this service", "chooses nothing"),
            ("a pod is never its node", "chooses nothing"),
            ("nor is Code Engine", "chooses nothing"),
            ("nor a container that is given a token", "chooses nothing"),
        ],
    },
    Difference {
        theirs: "Reads no variables of IBM's command line",
        because: "they say who a program on this machine is; they come after every setting of the service",
        cases: &[
            ("the command line's token file", "chooses nothing"),
            ("the command line's token", "chooses nothing"),
            ("the command line's token without a profile", "chooses nothing"),
            ("the command line's instance", "chooses nothing"),
            ("the command line's instance knows no profile by name", "chooses nothing"),
            ("both at once", "chooses nothing"),
            ("a profile alone, on an instance", "chooses nothing"),
            ("a profile alone, in a pod", "chooses nothing"),
            ("the command line's API key", "chooses nothing"),
            ("the command line's API key in a file", "chooses nothing"),
            ("a compute resource comes before an API key", "chooses nothing"),
        ],
    },
    Difference {
        theirs: "Chooses nothing for an `AUTH_TYPE` that it does not know, and for `iam` without an API key",
        because: "a program that goes on without credentials hides the mistake; here it is an error that names the setting",
        cases: &[
            ("an unknown auth type", "chooses nothing"),
            ("IAM without an API key", "chooses nothing"),
            ("IAM with a refresh token only", "chooses nothing"),
        ],
    },
    Difference {
        theirs: "Offers `basic`, `noAuth`, `cp4d`, `mcsp` and `mcspv2`",
        because: "they have no token of IAM; here they are refused by name",
        cases: &[("an auth type without a token of IAM", "chooses basic"), ("VCAP_SERVICES with a user and password", "chooses basic")],
    },
    Difference {
        theirs: "Does not know `bare_metal`",
        because: "a bare metal server has identities since 2025-08-26, and no more than those of its metadata service",
        cases: &[("bare metal", "chooses nothing")],
    },
    Difference {
        theirs: "Goes on when the file that `IBM_CREDENTIALS_FILE` names is missing or cannot be read",
        because: "it would go on as somebody else",
        cases: &[("a named file that is missing", "chooses iam"), ("a named file that may not be read", "chooses iam")],
    },
    Difference {
        theirs: "Reads files of any size",
        because: "64 KiB hold a thousand settings; what is larger is something else",
        cases: &[("a named file that is far too large", "chooses iam")],
    },
    Difference {
        theirs: "Reads no file at all when `IBM_CREDENTIALS_FILE` is empty",
        because: "an empty variable counts as absent here, as in IBM's Go core",
        cases: &[("an empty name names no file", "chooses vpc")],
    },
    Difference {
        theirs: "Fails on an `ibm-credentials.env` that is not text",
        because: "only a file that somebody named has to be readable; this one is passed over, and that is told",
        cases: &[("one that is not text", "raises UnicodeDecodeError")],
    },
    Difference {
        theirs: "Fails when the working directory is gone",
        because: "the home directory and the variables are still there",
        cases: &[("no working directory", "raises FileNotFoundError")],
    },
    Difference {
        theirs: "Reads `ibm-credentials.env` in the working directory, whoever wrote it",
        because: "who chooses the working directory must not choose the identity (R20)",
        cases: &[
            ("a file in the working directory that is somebody else's", "chooses iam"),
            ("one that others may write", "chooses iam"),
            ("one that the group may write", "chooses iam"),
            ("a link that somebody else made, to a file of one's own", "chooses iam"),
        ],
    },
    Difference {
        theirs: "Stops at the first place that has any setting of the service",
        because: "`URL` and its like do not say who calls; a place that does not say is passed over",
        cases: &[
            ("a file that says where the service is and no more", "raises ValueError"),
            ("variables that say where the service is and no more", "raises ValueError"),
        ],
    },
    Difference {
        theirs: "Takes `MY_SERVICEBAR_APIKEY` for a setting of `my-service`",
        because: "the underscore belongs to the prefix; the settings of another service are not this one's",
        cases: &[("a prefix is not enough: the underscore belongs to it", "raises ValueError")],
    },
    Difference {
        theirs: "Takes any text for the name of a service",
        because: "no setting can have a name that begins like that; it is a mistake",
        cases: &[("a service that cannot be a prefix", "chooses nothing")],
    },
    Difference {
        theirs: "Takes `export` in a file for a part of the name, and quotes for a part of the value",
        because: "shells and IBM's Node core read such files, and programs share them",
        cases: &[("an API key in quotes, in a file", "raises ValueError")],
    },
    Difference {
        theirs: "Takes a byte order mark for a part of the first name",
        because: "some editors write one, and nobody sees it",
        cases: &[("a byte order mark", "chooses nothing")],
    },
    Difference {
        theirs: "Does not know `IAM_APIKEY`",
        because: "IBM's Java core does",
        cases: &[("an API key by its other name", "raises ValueError")],
    },
    Difference {
        theirs: "Does not take `IAM_PROFILE_CRN` for a container",
        because: "IAM does",
        cases: &[("a container's profile by CRN", "raises ValueError")],
    },
    Difference {
        theirs: "Lets `IAM_PROFILE_ID` and `IAM_PROFILE_NAME` through together",
        because: "nothing says which of them counts",
        cases: &[("two profiles", "chooses container")],
    },
    Difference {
        theirs: "Lets `IAM_ACCOUNT_ID` through without `IAM_PROFILE_NAME`",
        because: "it says where a name is looked up; IBM's other cores refuse it too",
        cases: &[("an account without a name", "chooses iamAssume")],
    },
    Difference {
        theirs: "Refuses every `VPC_IMS_VERSION` but `2022-03-01` and `2025-08-26`",
        because: "later dates are as good, and earlier ones as those before them (R13)",
        cases: &[("a later version date", "raises ValueError")],
    },
    Difference {
        theirs: "Calls `http://api.metadata.cloud.ibm.com` by that name",
        because: "http goes to the address, https to the name that the certificate is for (R22)",
        cases: &[("the name over plain http is the address", "chooses vpc with another url")],
    },
    Difference {
        theirs: "Does not know `VPC_IMS_PROTOCOL`",
        because: "it says http or https without an address; an addition of this library",
        cases: &[("a protocol of one's own", "chooses vpc with another url")],
    },
    Difference {
        theirs: "Does not know `AUTH_ENDPOINT`",
        because: "it takes `private` and `private(<region>)` in place of an address; an addition of this library",
        cases: &[
            ("a private endpoint", "chooses container with another url"),
            ("a regional private endpoint", "chooses iam with another url"),
            ("two endpoints", "chooses iam"),
        ],
    },
    Difference {
        theirs: "Sends keys to `AUTH_URL` over plain http",
        because: "everybody on the way would have them (R20)",
        cases: &[("a token endpoint over plain http", "chooses iam")],
    },
    Difference {
        theirs: "Has `AUTH_DISABLE_SSL=true`, and `DISABLE_SSL=true` for the service's own calls, switch verification off",
        because: "an unverified server can be anybody; trust its issuer instead (R20)",
        cases: &[
            ("verification is never switched off: true", "chooses iam without verification"),
            ("verification is never switched off: TRUE", "chooses iam without verification"),
            ("nor by the service's own setting", "chooses vpc"),
        ],
    },
    Difference {
        theirs: "Takes `1`, `t` and `yes` in `AUTH_DISABLE_SSL` for false",
        because: "IBM's Go core takes the first two for true, and who writes them wants verification off",
        cases: &[
            ("verification is never switched off: 1", "chooses iam"),
            ("verification is never switched off: t", "chooses iam"),
            ("verification is never switched off: yes", "chooses iam"),
        ],
    },
];
