
/* A literal and its length, for two arguments at once. */
#define TP_TEXT(literal) literal, sizeof(literal) - 1

/* A library that was built without the operations of the services has no clients. */
#ifndef TP_NO_OPERATIONS
#define TP_OPERATIONS
#endif

/* The library without its transport has no providers; its pkg-config file defines TP_NO_TRANSPORT. */
#ifndef TP_NO_TRANSPORT
#define TP_TRANSPORT
#endif
