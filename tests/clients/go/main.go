// The life of an image with the AWS SDK for Go: a disk goes up through the EBS direct APIs, is
// registered, run, captured, copied to another region, read block by block, and goes; with the
// SDK's own waiters, pages and errors. The endpoint, region and credentials come from the
// environment. Ends with 1 and a line that says what went otherwise.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ebs"
	ebstypes "github.com/aws/aws-sdk-go-v2/service/ebs/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
)

const (
	blockBytes  = 512 * 1024
	otherRegion = "eu-west-1"
	patience    = 2 * time.Minute
	minDelay    = 100 * time.Millisecond
	maxDelay    = time.Second
)

var ctx = context.Background()

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "life:", err)
		os.Exit(1)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func expect(holds bool, text string, arguments ...any) {
	if !holds {
		check(fmt.Errorf(text, arguments...))
	}
}

// expectRefusal wants the code that the API refuses with.
func expectRefusal(err error, code string) {
	var refusal smithy.APIError
	refused := errors.As(err, &refusal) && refusal.ErrorCode() == code
	expect(refused, "%s expected, got: %v", code, err)
}

func tagged(kind types.ResourceType) types.TagSpecification {
	return types.TagSpecification{ResourceType: kind,
		Tags: []types.Tag{{Key: aws.String("Family"), Value: aws.String("golden")}}}
}

// newestPublicImage is looked up as deployments do, through the SDK's pages.
func newestPublicImage(client *ec2.Client) types.Image {
	var newest types.Image
	pages := ec2.NewDescribeImagesPaginator(client, &ec2.DescribeImagesInput{
		Owners:     []string{"amazon"},
		MaxResults: aws.Int32(5),
		Filters: []types.Filter{
			{Name: aws.String("name"), Values: []string{"al2023-ami-2023.*-kernel-6.1-x86_64"}},
			{Name: aws.String("state"), Values: []string{"available"}}}})
	for pages.HasMorePages() {
		for _, image := range must(pages.NextPage(ctx)).Images {
			if aws.ToString(image.CreationDate) > aws.ToString(newest.CreationDate) {
				newest = image
			}
		}
	}
	expect(newest.ImageId != nil, "no public image was found")
	return newest
}

// uploaded is a completed snapshot of 1 GiB that begins with the block.
func uploaded(direct *ebs.Client, client *ec2.Client, block []byte) string {
	started := must(direct.StartSnapshot(ctx, &ebs.StartSnapshotInput{
		VolumeSize: aws.Int64(1), Description: aws.String("by the SDK for Go")}))
	size := aws.ToInt32(started.BlockSize)
	expect(size == blockBytes, "blocks of %d bytes", size)
	sum := sha256.Sum256(block)
	must(direct.PutSnapshotBlock(ctx, &ebs.PutSnapshotBlockInput{
		SnapshotId: started.SnapshotId, BlockIndex: aws.Int32(0), BlockData: bytes.NewReader(block),
		DataLength:        aws.Int32(blockBytes),
		Checksum:          aws.String(base64.StdEncoding.EncodeToString(sum[:])),
		ChecksumAlgorithm: ebstypes.ChecksumAlgorithmChecksumAlgorithmSha256}))
	must(direct.CompleteSnapshot(ctx, &ebs.CompleteSnapshotInput{
		SnapshotId: started.SnapshotId, ChangedBlocksCount: aws.Int32(1)}))
	waitForSnapshot(client, *started.SnapshotId)
	return *started.SnapshotId
}

// firstBlock is what a snapshot, which has this one block, holds.
func firstBlock(direct *ebs.Client, snapshot string) []byte {
	blocks := must(direct.ListSnapshotBlocks(ctx, &ebs.ListSnapshotBlocksInput{
		SnapshotId: &snapshot})).Blocks
	expect(len(blocks) == 1, "%s has %d blocks", snapshot, len(blocks))
	read := must(direct.GetSnapshotBlock(ctx, &ebs.GetSnapshotBlockInput{
		SnapshotId: &snapshot, BlockIndex: blocks[0].BlockIndex, BlockToken: blocks[0].BlockToken}))
	defer read.BlockData.Close()
	return must(io.ReadAll(read.BlockData))
}

func waitForSnapshot(client *ec2.Client, snapshot string) {
	waiter := ec2.NewSnapshotCompletedWaiter(client,
		func(options *ec2.SnapshotCompletedWaiterOptions) {
			options.MinDelay, options.MaxDelay = minDelay, maxDelay
		})
	request := ec2.DescribeSnapshotsInput{SnapshotIds: []string{snapshot}}
	check(waiter.Wait(ctx, &request, patience))
}

// waitForImage returns the image as it is when the waiter ends, and its snapshot.
func waitForImage(client *ec2.Client, image string) (types.Image, string) {
	waiter := ec2.NewImageAvailableWaiter(client, func(options *ec2.ImageAvailableWaiterOptions) {
		options.MinDelay, options.MaxDelay = minDelay, maxDelay
	})
	request := ec2.DescribeImagesInput{ImageIds: []string{image}}
	shown := must(waiter.WaitForOutput(ctx, &request, patience)).Images[0]
	expect(shown.State == types.ImageStateAvailable, "%s is %s", image, shown.State)
	disks := shown.BlockDeviceMappings
	expect(len(disks) == 1, "%s has %d disks", image, len(disks))
	return shown, *disks[0].Ebs.SnapshotId
}

func registered(client *ec2.Client, snapshot string) string {
	made := must(client.RegisterImage(ctx, &ec2.RegisterImageInput{
		Name: aws.String("golden"), RootDeviceName: aws.String("/dev/xvda"),
		Architecture: types.ArchitectureValuesX8664, VirtualizationType: aws.String("hvm"),
		EnaSupport: aws.Bool(true),
		BlockDeviceMappings: []types.BlockDeviceMapping{{
			DeviceName: aws.String("/dev/xvda"),
			Ebs:        &types.EbsBlockDevice{SnapshotId: &snapshot}}}}))
	waitForImage(client, *made.ImageId)
	return *made.ImageId
}

func running(client *ec2.Client, image string) string {
	launched := must(client.RunInstances(ctx, &ec2.RunInstancesInput{
		ImageId: &image, InstanceType: types.InstanceTypeT3Micro,
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		TagSpecifications: []types.TagSpecification{tagged(types.ResourceTypeInstance)}}))
	instance := *launched.Instances[0].InstanceId
	waiter := ec2.NewInstanceRunningWaiter(client, func(options *ec2.InstanceRunningWaiterOptions) {
		options.MinDelay, options.MaxDelay = minDelay, maxDelay
	})
	request := ec2.DescribeInstancesInput{InstanceIds: []string{instance}}
	check(waiter.Wait(ctx, &request, patience))
	return instance
}

func terminate(client *ec2.Client, instances ...string) {
	must(client.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: instances}))
	waiter := ec2.NewInstanceTerminatedWaiter(client,
		func(options *ec2.InstanceTerminatedWaiterOptions) {
			options.MinDelay, options.MaxDelay = minDelay, maxDelay
		})
	check(waiter.Wait(ctx, &ec2.DescribeInstancesInput{InstanceIds: instances}, patience))
}

func captured(client *ec2.Client, instance string) (string, string) {
	made := must(client.CreateImage(ctx, &ec2.CreateImageInput{
		InstanceId: &instance, Name: aws.String("captured"), NoReboot: aws.Bool(true),
		TagSpecifications: []types.TagSpecification{
			tagged(types.ResourceTypeImage), tagged(types.ResourceTypeSnapshot)}}))
	shown, snapshot := waitForImage(client, *made.ImageId)
	isTagged := len(shown.Tags) == 1 && *shown.Tags[0].Value == "golden"
	expect(isTagged, "%s has the tags %v", *made.ImageId, shown.Tags)
	return *made.ImageId, snapshot
}

func copied(other *ec2.Client, image, region string) string {
	made := must(other.CopyImage(ctx, &ec2.CopyImageInput{
		Name: aws.String("copied"), SourceImageId: &image, SourceRegion: &region}))
	waitForImage(other, *made.ImageId)
	return *made.ImageId
}

// expectRefusals meets one refusal of each protocol, and a dry run.
func expectRefusals(client *ec2.Client, direct *ebs.Client, image, snapshot string) {
	_, err := client.DeleteSnapshot(ctx, &ec2.DeleteSnapshotInput{SnapshotId: &snapshot})
	expectRefusal(err, "InvalidSnapshot.InUse")
	_, err = client.DeregisterImage(ctx, &ec2.DeregisterImageInput{
		ImageId: &image, DryRun: aws.Bool(true)})
	expectRefusal(err, "DryRunOperation")
	_, err = direct.ListSnapshotBlocks(ctx, &ebs.ListSnapshotBlocksInput{
		SnapshotId: aws.String("snap-00000000000000000")})
	var missing *ebstypes.ResourceNotFoundException
	expect(errors.As(err, &missing), "a snapshot that is not there: %v", err)
	isReason := missing.Reason == ebstypes.ResourceNotFoundExceptionReasonSnapshotNotFound
	expect(isReason, "a snapshot is not there because %s", missing.Reason)
}

// deregister lets an image go, and its snapshot with it.
func deregister(client *ec2.Client, image string) {
	gone := must(client.DeregisterImage(ctx, &ec2.DeregisterImageInput{
		ImageId: &image, DeleteAssociatedSnapshots: aws.Bool(true)}))
	for _, result := range gone.DeleteSnapshotResults {
		isGone := result.ReturnCode == types.SnapshotReturnCodesSuccess
		expect(isGone, "%s: %s", *result.SnapshotId, result.ReturnCode)
	}
}

func expectNothingLeft(client *ec2.Client) {
	self := []string{"self"}
	images := must(client.DescribeImages(ctx, &ec2.DescribeImagesInput{Owners: self})).Images
	expect(len(images) == 0, "%d images are left", len(images))
	snapshots := must(client.DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{OwnerIds: self})).Snapshots
	expect(len(snapshots) == 0, "%d snapshots are left", len(snapshots))
}

func main() {
	settings := must(config.LoadDefaultConfig(ctx))
	client, direct := ec2.NewFromConfig(settings), ebs.NewFromConfig(settings)
	other := ec2.NewFromConfig(settings, func(options *ec2.Options) { options.Region = otherRegion })

	terminate(client, running(client, *newestPublicImage(client).ImageId))
	block := bytes.Repeat([]byte("golden image\n"), blockBytes/13+1)[:blockBytes]
	image := registered(client, uploaded(direct, client, block))
	instance := running(client, image)
	second, snapshot := captured(client, instance)
	expect(bytes.Equal(firstBlock(direct, snapshot), block), "%s holds other bytes", snapshot)
	expectRefusals(client, direct, second, snapshot)
	third := copied(other, second, settings.Region)
	terminate(client, instance)
	deregister(other, third)
	deregister(client, second)
	deregister(client, image)
	expectNothingLeft(client)
	expectNothingLeft(other)
	fmt.Println("life: done")
}
