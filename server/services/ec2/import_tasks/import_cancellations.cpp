#include "server/services/ec2/import_tasks/import_cancellations.h"

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/import_tasks/errors.h"
#include "server/services/ec2/import_tasks/import_image_tasks.h"
#include "server/services/ec2/import_tasks/import_snapshot_tasks.h"
#include "server/services/ec2/import_tasks/import_sources.h"
#include "server/wire/ec2/import_tasks/import_cancellations.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

/// What becomes of a task that is cancelled.
struct Ending {
    const Delay& delay;
    const Due& due;
};

/// Source: that a reason becomes the task's message is assumed, as is what it says without one.
template <const auto& kColumns>
void cancel(Session& session, const RowOf<kColumns>& row, const CancelImportTaskRequest& request,
            const Ending& ending)
{
    if (row.state != ImportTaskState::kActive) {
        throw import_task_has_ended(row.id.text(), row.state);
    }
    set_import_task_state<kColumns>(
        session.db(), row.id, ImportTaskState::kDeleting,
        request.cancel_reason.value_or("User initiated task cancellation"));
    session.cancel_transitions(row.id.text());
    end_work(session, row.id.text());
    session.schedule(ending.delay, ending.due, row.id.text());
}

// Source: EC2 API Reference, CancelImportTask (documented); the refusal of a task that has ended is
// assumed.
CancelImportTaskResponse cancel_import_task(Session& session,
                                            const CancelImportTaskRequest& request)
{
    const auto& text = request.import_task_id;
    const auto image_task = ImportImageTaskId::from_text(text);
    const auto task = image_task ? ImportSnapshotTaskId() : parse_id<ImportSnapshotTaskId>(text);
    stop_if_dry_run(request);
    if (image_task) {
        cancel<kImportImageTaskColumns>(session, require_import_image_task(session, *image_task),
                                        request,
                                        {kImportImageTaskDeleting, kImportImageTaskDeletes});
    } else {
        cancel<kImportSnapshotTaskColumns>(
            session, require_import_snapshot_task(session, task), request,
            {kImportSnapshotTaskDeleting, kImportSnapshotTaskDeletes});
    }
    return {.import_task_id = text,
            .previous_state = std::string(text_of(ImportTaskState::kActive)),
            .state = std::string(text_of(ImportTaskState::kDeleting))};
}

constexpr Operation kOperations[] = {
    write<cancel_import_task>(kCancelImportTask, {.frees_space = true}),
};

}  // namespace

constinit const Family kImportCancellations{.operations = kOperations};

}  // namespace amilab::ec2
