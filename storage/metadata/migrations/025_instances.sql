-- An account's instances by their launches, whatever others have launched.
DROP INDEX instance_by_reservation;
CREATE INDEX instance_by_reservation ON instance (region, owner, reservation_id, id);
