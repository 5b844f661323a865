/// The tables that each family's source calls alike, told apart where several sources are compiled
/// as one unit (CMakeLists.txt, AMILAB_UNITS). Nothing includes this but those units, which define
/// AMILAB_UNIT anew for each of their sources.
#pragma once

#define AMILAB_JOIN_NAMES(name, unit) name##unit
#define AMILAB_NAME_IN(name, unit) AMILAB_JOIN_NAMES(name##_, unit)

#define kDelays AMILAB_NAME_IN(kDelays, AMILAB_UNIT)
#define kDescribe AMILAB_NAME_IN(kDescribe, AMILAB_UNIT)
#define kDue AMILAB_NAME_IN(kDue, AMILAB_UNIT)
#define kKind AMILAB_NAME_IN(kKind, AMILAB_UNIT)
#define kKinds AMILAB_NAME_IN(kKinds, AMILAB_UNIT)
#define kOperations AMILAB_NAME_IN(kOperations, AMILAB_UNIT)
#define to_answer AMILAB_NAME_IN(to_answer, AMILAB_UNIT)
#define to_answers AMILAB_NAME_IN(to_answers, AMILAB_UNIT)
